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
