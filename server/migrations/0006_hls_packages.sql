-- One HLS package of a file: made once, at the first approval of a creative that uses it.
CREATE TABLE hls_package (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  asset_id text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'ready', 'failed')),
  -- SHA-256 of the multivariant playlist, and through the names in it of every byte.
  package_hash text,
  duration_ms integer,
  size_bytes bigint,
  -- Every file of the package as {sha256, extension}, so that the file sweep keeps them.
  files jsonb NOT NULL DEFAULT '[]',
  renditions jsonb NOT NULL DEFAULT '[]',
  -- Ready: why samples were encoded anew, null when they are the master's own. Failed: what to tell a person.
  detail text,
  -- Failed for a reason outside the file: when it is tried again.
  retry_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, asset_id),
  FOREIGN KEY (account_id, asset_id) REFERENCES asset (account_id, id) ON DELETE CASCADE,
  CONSTRAINT hls_package_whole
    CHECK ((status = 'ready') = (package_hash IS NOT NULL AND duration_ms IS NOT NULL AND size_bytes IS NOT NULL))
);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('hls_package');
--> statement-breakpoint
SELECT cuepoint.allow_all_accounts('hls_package', 'cuepoint_snapshot_builder', '{select}');
--> statement-breakpoint
-- The scheduler finds what was approved and is not packaged; it reads no content.
CREATE POLICY scheduler_read ON hls_package FOR SELECT TO cuepoint_scheduler USING (true);
--> statement-breakpoint
GRANT SELECT (account_id, asset_id, status, retry_at, updated_at) ON hls_package TO cuepoint_scheduler;
--> statement-breakpoint
GRANT SELECT (approval, asset_id) ON creative TO cuepoint_scheduler;
