-- Reference data: readable by every account, written by the owner (the system) alone.
CREATE TABLE supply_path (
  id text PRIMARY KEY,
  number integer NOT NULL UNIQUE,
  data jsonb NOT NULL,
  data_version text NOT NULL,
  loaded_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE TABLE spec_pack (
  id text PRIMARY KEY,
  position integer NOT NULL,
  default_matrix boolean NOT NULL,
  data jsonb NOT NULL,
  data_version text NOT NULL,
  loaded_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
ALTER TABLE supply_path ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE supply_path FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE spec_pack ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE spec_pack FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reference_read ON supply_path FOR SELECT TO cuepoint_app USING (true);
--> statement-breakpoint
CREATE POLICY reference_read ON spec_pack FOR SELECT TO cuepoint_app USING (true);
--> statement-breakpoint
CREATE POLICY reference_load ON supply_path FOR ALL TO cuepoint_scheduler USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY reference_load ON spec_pack FOR ALL TO cuepoint_scheduler USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON supply_path, spec_pack TO cuepoint_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON supply_path, spec_pack TO cuepoint_scheduler;
--> statement-breakpoint
CREATE TABLE publisher (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name text NOT NULL,
  publisher_key text NOT NULL UNIQUE,
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id)
);
--> statement-breakpoint
CREATE TABLE placement (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  publisher_id text NOT NULL,
  key text NOT NULL UNIQUE,
  name text NOT NULL,
  hosts text[] NOT NULL DEFAULT '{}',
  is_default boolean NOT NULL DEFAULT false,
  min_duration_ms integer NOT NULL DEFAULT 0,
  max_duration_ms integer NOT NULL DEFAULT 120000,
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, publisher_id) REFERENCES publisher (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE UNIQUE INDEX placement_default ON placement (account_id) WHERE is_default;
--> statement-breakpoint
CREATE TABLE delivery_event (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  decision_id text NOT NULL,
  ad_position integer NOT NULL,
  event text NOT NULL,
  at timestamptz NOT NULL,
  campaign_id text NOT NULL,
  line_item_id text NOT NULL,
  flight_id text NOT NULL,
  creative_id text NOT NULL,
  placement_id text,
  spent_micros bigint NOT NULL DEFAULT 0,
  currency text NOT NULL,
  node text NOT NULL,
  segment bigint NOT NULL,
  log_offset bigint NOT NULL,
  PRIMARY KEY (account_id, decision_id, ad_position, event)
);
--> statement-breakpoint
CREATE INDEX delivery_event_campaign ON delivery_event (account_id, campaign_id, at);
--> statement-breakpoint
CREATE TABLE delivery_hour (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  hour timestamptz NOT NULL,
  campaign_id text NOT NULL DEFAULT '',
  line_item_id text NOT NULL DEFAULT '',
  flight_id text NOT NULL DEFAULT '',
  creative_id text NOT NULL DEFAULT '',
  placement_id text NOT NULL DEFAULT '',
  event text NOT NULL,
  reason text NOT NULL DEFAULT '',
  count bigint NOT NULL DEFAULT 0,
  spent_micros bigint NOT NULL DEFAULT 0,
  currency text NOT NULL DEFAULT '',
  PRIMARY KEY (account_id, hour, campaign_id, line_item_id, flight_id, creative_id, placement_id, event, reason, currency)
);
--> statement-breakpoint
CREATE INDEX delivery_hour_campaign ON delivery_hour (account_id, campaign_id, hour);
--> statement-breakpoint
CREATE TABLE log_offset (
  node text PRIMARY KEY,
  segment bigint NOT NULL,
  next_offset bigint NOT NULL,
  last_event_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('publisher');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('placement');
--> statement-breakpoint
-- Events and rollups are read by the account and written by the ingester.
ALTER TABLE delivery_event ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE delivery_event FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE delivery_hour ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE delivery_hour FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE log_offset ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE log_offset FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY app_read ON delivery_event FOR SELECT TO cuepoint_app USING (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
CREATE POLICY app_read ON delivery_hour FOR SELECT TO cuepoint_app USING (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
-- Removing demo data takes its events along.
CREATE POLICY app_remove ON delivery_event FOR DELETE TO cuepoint_app USING (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
CREATE POLICY app_remove ON delivery_hour FOR DELETE TO cuepoint_app USING (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
GRANT SELECT, DELETE ON delivery_event, delivery_hour TO cuepoint_app;
--> statement-breakpoint
CREATE POLICY ingest ON delivery_event FOR ALL TO cuepoint_ingester USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY ingest ON delivery_hour FOR ALL TO cuepoint_ingester USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY ingest ON log_offset FOR ALL TO cuepoint_ingester USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON delivery_event, delivery_hour, log_offset TO cuepoint_ingester;
--> statement-breakpoint
CREATE POLICY ingest_accounts ON account FOR SELECT TO cuepoint_ingester USING (true);
--> statement-breakpoint
GRANT SELECT (id) ON account TO cuepoint_ingester;
--> statement-breakpoint
CREATE POLICY snapshot_read ON publisher FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
CREATE POLICY snapshot_read ON placement FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
CREATE POLICY snapshot_read ON delivery_hour FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
CREATE POLICY snapshot_read ON log_offset FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
GRANT SELECT ON publisher, placement, delivery_hour, log_offset TO cuepoint_snapshot_builder;
--> statement-breakpoint
CREATE POLICY status_read ON log_offset FOR SELECT TO cuepoint_scheduler USING (true);
--> statement-breakpoint
GRANT SELECT ON log_offset TO cuepoint_scheduler;
