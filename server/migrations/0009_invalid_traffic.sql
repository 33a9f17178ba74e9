-- Events of invalid traffic are kept beside the viewer's own of the same name: a prefetch does not stand for an impression.
ALTER TABLE delivery_event ADD COLUMN invalid text NOT NULL DEFAULT '';
--> statement-breakpoint
ALTER TABLE delivery_event DROP CONSTRAINT delivery_event_pkey;
--> statement-breakpoint
ALTER TABLE delivery_event ADD PRIMARY KEY (account_id, decision_id, ad_position, event, invalid);
--> statement-breakpoint
CREATE INDEX delivery_event_invalid ON delivery_event (account_id, campaign_id, at) WHERE invalid <> '';
