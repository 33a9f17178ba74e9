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
--> statement-breakpoint
CREATE TABLE report_schedule (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  report_view_id text NOT NULL,
  frequency text NOT NULL CHECK (frequency IN ('daily', 'weekly', 'monthly')),
  weekday text,
  day_of_month integer CHECK (day_of_month BETWEEN 1 AND 31),
  local_time text NOT NULL,
  time_zone text NOT NULL,
  format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'parquet')),
  destination text NOT NULL CHECK (destination IN ('email', 'webhook', 'storage')),
  recipients text[] NOT NULL DEFAULT '{}',
  webhook_url text,
  -- Which of the secrets derived from the key of the installation signs; the secret itself is kept nowhere.
  secret_version integer NOT NULL DEFAULT 1,
  status text NOT NULL CHECK (status IN ('paused', 'active', 'archived')),
  next_run_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (account_id, id),
  CHECK ((status = 'active') = (next_run_at IS NOT NULL)),
  CHECK ((frequency = 'weekly') = (weekday IS NOT NULL)),
  CHECK ((frequency = 'monthly') = (day_of_month IS NOT NULL)),
  CHECK ((destination = 'webhook') = (webhook_url IS NOT NULL)),
  FOREIGN KEY (account_id, report_view_id) REFERENCES report_view (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX report_schedule_list ON report_schedule (account_id, created_at DESC, id DESC);
--> statement-breakpoint
CREATE INDEX report_schedule_view ON report_schedule (account_id, report_view_id);
--> statement-breakpoint
CREATE INDEX report_schedule_due ON report_schedule (next_run_at) WHERE status = 'active';
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('report_schedule');
--> statement-breakpoint
CREATE POLICY scheduler_read ON report_schedule FOR SELECT TO cuepoint_scheduler USING (true);
--> statement-breakpoint
GRANT SELECT (id, account_id, status, next_run_at) ON report_schedule TO cuepoint_scheduler;
--> statement-breakpoint
-- One sending of one file. Written before anything is sent; what it is sent to is what the schedule said then.
CREATE TABLE report_run (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  report_schedule_id text NOT NULL,
  trigger text NOT NULL CHECK (trigger IN ('schedule', 'manual')),
  scheduled_for timestamptz NOT NULL,
  missed_runs integer NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'waiting', 'sending', 'sent', 'failed')),
  format text NOT NULL,
  destination text NOT NULL,
  recipients text[] NOT NULL DEFAULT '{}',
  webhook_url text,
  file jsonb,
  -- Attempts since it was queued or tried again by hand.
  tries integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  problem text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  sent_at timestamptz,
  UNIQUE (account_id, id),
  CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
  FOREIGN KEY (account_id, report_schedule_id) REFERENCES report_schedule (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX report_run_list ON report_run (account_id, created_at DESC, id DESC);
--> statement-breakpoint
CREATE INDEX report_run_schedule ON report_run (account_id, report_schedule_id, created_at DESC);
--> statement-breakpoint
-- A time of a schedule is run once, whoever finds it due.
CREATE UNIQUE INDEX report_run_once ON report_run (account_id, report_schedule_id, scheduled_for) WHERE trigger = 'schedule';
--> statement-breakpoint
CREATE INDEX report_run_open ON report_run (coalesce(next_attempt_at, updated_at)) WHERE status IN ('queued', 'waiting', 'sending');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('report_run');
--> statement-breakpoint
CREATE POLICY scheduler_read ON report_run FOR SELECT TO cuepoint_scheduler USING (true);
--> statement-breakpoint
GRANT SELECT (id, account_id, status, next_attempt_at, updated_at) ON report_run TO cuepoint_scheduler;
--> statement-breakpoint
CREATE TABLE report_attempt (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  report_run_id text NOT NULL,
  number integer NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  outcome text CHECK (outcome IN ('sent', 'failed', 'interrupted')),
  detail text,
  PRIMARY KEY (account_id, report_run_id, number),
  FOREIGN KEY (account_id, report_run_id) REFERENCES report_run (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('report_attempt');
