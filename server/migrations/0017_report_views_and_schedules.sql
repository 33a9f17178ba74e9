-- Questions to the delivery report that are asked again. The definition is checked by the contract before it is written.
CREATE TABLE report_view (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name text NOT NULL,
  visibility text NOT NULL CHECK (visibility IN ('private', 'account')),
  -- A user, a key or the machine itself: whoever asked, also when they are gone.
  owner_id text NOT NULL,
  owner_name text NOT NULL,
  definition jsonb NOT NULL,
  archived boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (account_id, id)
);
--> statement-breakpoint
CREATE INDEX report_view_list ON report_view (account_id, created_at DESC, id DESC);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('report_view');
