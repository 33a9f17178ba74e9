CREATE TABLE asset (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  sha256 text NOT NULL,
  size_bytes bigint NOT NULL,
  mime text NOT NULL,
  original_name text NOT NULL,
  measurement jsonb,
  measured_at timestamptz,
  frames jsonb NOT NULL DEFAULT '[]',
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  CONSTRAINT asset_content UNIQUE (account_id, sha256)
);
--> statement-breakpoint
CREATE TABLE creative (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  campaign_id text NOT NULL,
  line_item_id text,
  asset_id text,
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('processing', 'active', 'inactive', 'failed')),
  failure text,
  approval text NOT NULL DEFAULT 'draft'
    CHECK (approval IN ('draft', 'submitted', 'approved', 'rejected', 'changes_requested', 'trafficked')),
  approval_at timestamptz NOT NULL DEFAULT now(),
  source text NOT NULL CHECK (source IN ('generated', 'uploaded')),
  simulated boolean NOT NULL DEFAULT false,
  universal_ad_id text NOT NULL,
  click_through_url text NOT NULL,
  vendors text[] NOT NULL DEFAULT '{}',
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, campaign_id) REFERENCES campaign (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, line_item_id) REFERENCES line_item (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, asset_id) REFERENCES asset (account_id, id)
);
--> statement-breakpoint
CREATE INDEX creative_campaign ON creative (account_id, campaign_id);
--> statement-breakpoint
CREATE INDEX creative_list ON creative (account_id, created_at DESC, id DESC);
--> statement-breakpoint
CREATE TABLE qc_result (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  creative_id text NOT NULL,
  pack_id text NOT NULL,
  pack_version text NOT NULL,
  position integer NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('pass', 'warn', 'block')),
  blocks integer NOT NULL,
  warns integer NOT NULL,
  passes integer NOT NULL,
  findings jsonb NOT NULL,
  checked_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, creative_id, pack_id),
  FOREIGN KEY (account_id, creative_id) REFERENCES creative (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE TABLE approval_event (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  creative_id text NOT NULL,
  at timestamptz NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  action text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  reason text,
  FOREIGN KEY (account_id, creative_id) REFERENCES creative (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX approval_event_creative ON approval_event (account_id, creative_id, at);
--> statement-breakpoint
CREATE TABLE generation_job (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  campaign_id text NOT NULL,
  creative_id text,
  status text NOT NULL CHECK (status IN ('queued', 'generating', 'assembling', 'measuring', 'completed', 'failed')),
  progress double precision NOT NULL DEFAULT 0,
  step text NOT NULL DEFAULT '',
  generator text NOT NULL,
  simulated boolean NOT NULL DEFAULT false,
  placement text NOT NULL,
  duration_ms integer NOT NULL,
  request jsonb NOT NULL,
  estimated_cost_micros bigint NOT NULL,
  cost_micros bigint NOT NULL DEFAULT 0,
  currency text NOT NULL,
  failure text,
  finished_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, campaign_id) REFERENCES campaign (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, creative_id) REFERENCES creative (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
-- One row a scene. intent_at is written and committed before the create is sent,
-- so that a crash between the two is reconciled and never paid twice.
CREATE TABLE generation_scene (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  generation_job_id text NOT NULL,
  position integer NOT NULL,
  scene text NOT NULL,
  prompt text NOT NULL,
  state text NOT NULL DEFAULT 'planned',
  intent_at timestamptz,
  external_id text,
  failure text,
  cost_micros bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, generation_job_id, position),
  FOREIGN KEY (account_id, generation_job_id) REFERENCES generation_job (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE TABLE deployment (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  creative_id text NOT NULL,
  campaign_id text NOT NULL,
  dsp text NOT NULL,
  status text NOT NULL
    CHECK (status IN ('queued', 'deploying', 'waiting', 'in_review', 'approved', 'rejected', 'failed', 'cancelled')),
  simulated boolean NOT NULL DEFAULT false,
  step text NOT NULL DEFAULT '',
  external_ids jsonb NOT NULL DEFAULT '{}',
  review_reasons text[] NOT NULL DEFAULT '{}',
  attempt_count integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  failure text,
  ticket jsonb NOT NULL,
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, creative_id) REFERENCES creative (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, campaign_id) REFERENCES campaign (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
-- One deployment of a creative to a destination that has not ended.
CREATE UNIQUE INDEX deployment_exists ON deployment (account_id, creative_id, dsp)
  WHERE status NOT IN ('failed', 'cancelled', 'rejected');
--> statement-breakpoint
CREATE INDEX deployment_list ON deployment (account_id, created_at DESC, id DESC);
--> statement-breakpoint
CREATE INDEX deployment_campaign ON deployment (account_id, campaign_id);
--> statement-breakpoint
-- The intent of each step, committed before it is sent; our key is what reconciliation looks for.
CREATE TABLE deployment_step (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  deployment_id text NOT NULL,
  position integer NOT NULL,
  step text NOT NULL,
  our_key text NOT NULL,
  state text NOT NULL CHECK (state IN ('planned', 'intended', 'ambiguous', 'done', 'failed')),
  external_id text,
  -- Tries that did not succeed, since the step began or a person asked again.
  tries integer NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, deployment_id, position),
  FOREIGN KEY (account_id, deployment_id) REFERENCES deployment (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE TABLE deployment_attempt (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  deployment_id text NOT NULL,
  number integer NOT NULL,
  step text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('send', 'reconcile', 'review')),
  method text NOT NULL,
  url text NOT NULL,
  request jsonb,
  response jsonb,
  http_status integer,
  outcome text NOT NULL CHECK (outcome IN ('ok', 'retry', 'ambiguous', 'permanent', 'found', 'not_found')),
  detail text NOT NULL DEFAULT '',
  simulated boolean NOT NULL DEFAULT false,
  started_at timestamptz NOT NULL,
  duration_ms double precision NOT NULL,
  next_attempt_at timestamptz,
  FOREIGN KEY (account_id, deployment_id) REFERENCES deployment (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX deployment_attempt_of ON deployment_attempt (account_id, deployment_id, number);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('asset');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('creative');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('qc_result');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('approval_event');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('generation_job');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('generation_scene');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('deployment');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('deployment_step');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('deployment_attempt');
--> statement-breakpoint
CREATE POLICY snapshot_read ON asset FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
CREATE POLICY snapshot_read ON creative FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
GRANT SELECT ON asset, creative TO cuepoint_snapshot_builder;
--> statement-breakpoint
-- The scheduler finds work that a crash left behind; it reads no content.
CREATE POLICY scheduler_read ON generation_job FOR SELECT TO cuepoint_scheduler USING (true);
--> statement-breakpoint
CREATE POLICY scheduler_read ON deployment FOR SELECT TO cuepoint_scheduler USING (true);
--> statement-breakpoint
CREATE POLICY scheduler_read ON creative FOR SELECT TO cuepoint_scheduler USING (true);
--> statement-breakpoint
GRANT SELECT (id, account_id, status, updated_at) ON generation_job TO cuepoint_scheduler;
--> statement-breakpoint
GRANT SELECT (id, account_id, status, next_attempt_at, updated_at) ON deployment TO cuepoint_scheduler;
--> statement-breakpoint
GRANT SELECT (id, account_id, status, updated_at) ON creative TO cuepoint_scheduler;
