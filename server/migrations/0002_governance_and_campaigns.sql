CREATE TABLE market (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  code text NOT NULL,
  name text NOT NULL,
  country_code text NOT NULL,
  currency text NOT NULL,
  time_zone text NOT NULL,
  language text NOT NULL,
  archived boolean NOT NULL DEFAULT false,
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  CONSTRAINT market_code_taken UNIQUE (account_id, code)
);
--> statement-breakpoint
CREATE TABLE brand (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  code text NOT NULL,
  name text NOT NULL,
  domain text NOT NULL,
  categories text[] NOT NULL DEFAULT '{}',
  family_friendly boolean NOT NULL DEFAULT false,
  colors text[] NOT NULL DEFAULT '{}',
  archived boolean NOT NULL DEFAULT false,
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  CONSTRAINT brand_code_taken UNIQUE (account_id, code)
);
--> statement-breakpoint
CREATE TABLE channel (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  code text NOT NULL,
  name text NOT NULL,
  platform text NOT NULL,
  archived boolean NOT NULL DEFAULT false,
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  CONSTRAINT channel_code_taken UNIQUE (account_id, code)
);
--> statement-breakpoint
CREATE TABLE campaign (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name text NOT NULL,
  label text NOT NULL,
  description text NOT NULL DEFAULT '',
  objective text NOT NULL,
  status text NOT NULL CHECK (status IN ('draft', 'active', 'paused', 'completed', 'archived')),
  brand_id text NOT NULL,
  market_id text NOT NULL,
  channel_id text NOT NULL,
  currency text NOT NULL,
  budget_micros bigint NOT NULL CHECK (budget_micros > 0),
  start_at timestamptz NOT NULL,
  end_at timestamptz NOT NULL,
  time_zone text NOT NULL,
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  CONSTRAINT campaign_name_taken UNIQUE (account_id, name),
  CHECK (end_at > start_at),
  FOREIGN KEY (account_id, brand_id) REFERENCES brand (account_id, id),
  FOREIGN KEY (account_id, market_id) REFERENCES market (account_id, id),
  FOREIGN KEY (account_id, channel_id) REFERENCES channel (account_id, id)
);
--> statement-breakpoint
CREATE INDEX campaign_list ON campaign (account_id, created_at DESC, id DESC);
--> statement-breakpoint
CREATE TABLE line_item (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  campaign_id text NOT NULL,
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('draft', 'active', 'paused', 'completed')),
  priority integer NOT NULL DEFAULT 8 CHECK (priority BETWEEN 1 AND 16),
  cpm_micros bigint NOT NULL CHECK (cpm_micros >= 1000 AND cpm_micros % 1000 = 0),
  currency text NOT NULL,
  countries text[] NOT NULL DEFAULT '{}',
  device_types text[] NOT NULL DEFAULT '{}',
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, campaign_id) REFERENCES campaign (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX line_item_campaign ON line_item (account_id, campaign_id);
--> statement-breakpoint
CREATE TABLE flight (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  line_item_id text NOT NULL,
  name text NOT NULL,
  start_at timestamptz NOT NULL,
  end_at timestamptz NOT NULL,
  time_zone text NOT NULL,
  budget_micros bigint NOT NULL CHECK (budget_micros > 0),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  CHECK (end_at > start_at),
  FOREIGN KEY (account_id, line_item_id) REFERENCES line_item (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX flight_line_item ON flight (account_id, line_item_id);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('market');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('brand');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('channel');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('campaign');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('line_item');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('flight');
--> statement-breakpoint
CREATE POLICY snapshot_read ON brand FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
CREATE POLICY snapshot_read ON campaign FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
CREATE POLICY snapshot_read ON line_item FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
CREATE POLICY snapshot_read ON flight FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
GRANT SELECT ON brand, campaign, line_item, flight TO cuepoint_snapshot_builder;
