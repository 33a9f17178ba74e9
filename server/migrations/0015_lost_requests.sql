-- Why line items lost requests, by hour: what explaining a sample of an hour's logged decisions found. Derived, kept as long
-- as the snapshots that decisions are explained from, and replaced as a whole when an hour is explained again.
CREATE TABLE explained_hour (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  hour timestamptz NOT NULL,
  -- Requests of the account that were counted in this hour, and those of them that were explained.
  requests bigint NOT NULL,
  explained bigint NOT NULL,
  explained_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, hour)
);
--> statement-breakpoint
CREATE TABLE line_item_loss_hour (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  line_item_id text NOT NULL,
  hour timestamptz NOT NULL,
  -- The first reason why it did not serve; empty where it did.
  reason text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (account_id, line_item_id, hour, reason)
);
--> statement-breakpoint
CREATE INDEX line_item_loss_hour_hour ON line_item_loss_hour (account_id, hour);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('explained_hour');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('line_item_loss_hour');
--> statement-breakpoint
-- Who counts also knows which hours have not been explained yet.
SELECT cuepoint.allow_all_accounts('explained_hour', 'cuepoint_ingester', '{select}');
