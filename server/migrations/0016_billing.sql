-- Corrections of what delivery alone would bill. Cancelled, never changed or taken away.
CREATE TABLE billing_entry (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('credit', 'make_good')),
  campaign_id text NOT NULL,
  line_item_id text,
  day date NOT NULL,
  amount_micros bigint NOT NULL CHECK (amount_micros > 0),
  currency text NOT NULL,
  impressions bigint CHECK (impressions > 0),
  -- What this line item spends is not billed.
  delivered_by_line_item_id text,
  reason text NOT NULL,
  created_at timestamptz NOT NULL,
  cancelled_at timestamptz,
  UNIQUE (account_id, id),
  CHECK ((kind = 'make_good') = (impressions IS NOT NULL)),
  FOREIGN KEY (account_id, campaign_id) REFERENCES campaign (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, line_item_id) REFERENCES line_item (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, delivered_by_line_item_id) REFERENCES line_item (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX billing_entry_list ON billing_entry (account_id, created_at DESC, id DESC);
--> statement-breakpoint
CREATE INDEX billing_entry_campaign ON billing_entry (account_id, campaign_id, day);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('billing_entry');
