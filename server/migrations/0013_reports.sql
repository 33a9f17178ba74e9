-- Counts by the viewer's country and device type: ISO 3166-1 alpha-2 and a word of the viewer reader, empty when unknown.
-- What was counted before is unknown.
ALTER TABLE delivery_event ADD COLUMN country text NOT NULL DEFAULT '', ADD COLUMN device_type text NOT NULL DEFAULT '';
--> statement-breakpoint
ALTER TABLE delivery_hour ADD COLUMN country text NOT NULL DEFAULT '', ADD COLUMN device_type text NOT NULL DEFAULT '';
--> statement-breakpoint
ALTER TABLE delivery_hour DROP CONSTRAINT delivery_hour_pkey;
--> statement-breakpoint
ALTER TABLE delivery_hour ADD PRIMARY KEY (account_id, hour, campaign_id, line_item_id, flight_id, creative_id, placement_id,
  event, reason, currency, country, device_type);
--> statement-breakpoint
-- Whom impressions reached, by hour and line item: a sketch that holds no identity, and how many impressions had one.
CREATE TABLE delivery_reach (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  hour timestamptz NOT NULL,
  campaign_id text NOT NULL DEFAULT '',
  line_item_id text NOT NULL DEFAULT '',
  sketch bytea NOT NULL DEFAULT '\x',
  lasting bigint NOT NULL DEFAULT 0,
  household bigint NOT NULL DEFAULT 0,
  session bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, hour, campaign_id, line_item_id)
);
--> statement-breakpoint
-- Registers are as good as random: trying to compress them costs time and gains nothing.
ALTER TABLE delivery_reach ALTER COLUMN sketch SET STORAGE EXTERNAL;
--> statement-breakpoint
ALTER TABLE delivery_reach ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE delivery_reach FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY app_read ON delivery_reach FOR SELECT TO cuepoint_app USING (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
CREATE POLICY app_remove ON delivery_reach FOR DELETE TO cuepoint_app USING (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
CREATE POLICY app_rebuild ON delivery_reach FOR INSERT TO cuepoint_app
  WITH CHECK (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON delivery_reach TO cuepoint_app;
--> statement-breakpoint
CREATE POLICY ingest ON delivery_reach FOR ALL TO cuepoint_ingester USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON delivery_reach TO cuepoint_ingester;
