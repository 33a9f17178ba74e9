-- Requests of viewers to be forgotten. The id itself is nowhere; its keyed hash is kept until the last trace is gone.
CREATE TABLE viewer_erasure (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('ifa', 'supplied', 'session')),
  identity text CHECK (identity ~ '^[0-9a-f]{16}$'),
  reference text NOT NULL DEFAULT '',
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  -- When every delivery node had forgotten, and what that was.
  nodes_at timestamptz,
  exposures bigint NOT NULL DEFAULT 0,
  sessions bigint NOT NULL DEFAULT 0,
  nodes_problem text,
  archive_at timestamptz,
  archived_records bigint NOT NULL DEFAULT 0,
  archive_problem text,
  gone_by timestamptz NOT NULL,
  gone_at timestamptz,
  UNIQUE (account_id, id),
  CHECK (gone_at IS NULL OR identity IS NULL)
);
--> statement-breakpoint
CREATE INDEX viewer_erasure_list ON viewer_erasure (account_id, requested_at DESC, id DESC);
--> statement-breakpoint
CREATE INDEX viewer_erasure_open ON viewer_erasure (requested_at) WHERE gone_at IS NULL;
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('viewer_erasure');
--> statement-breakpoint
CREATE POLICY scheduler_read ON viewer_erasure FOR SELECT TO cuepoint_scheduler USING (true);
--> statement-breakpoint
GRANT SELECT (id, account_id, requested_at, nodes_at, archive_at, gone_at) ON viewer_erasure TO cuepoint_scheduler;
