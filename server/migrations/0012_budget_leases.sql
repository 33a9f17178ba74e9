-- Several nodes share a budget: each takes parts of it from a bank that is kept here.
-- A role made as those of 0000 are, for migrations that need one of their own.
CREATE FUNCTION cuepoint.make_role(wanted text) RETURNS void
  LANGUAGE plpgsql
  SET search_path = ''
AS $$
DECLARE
  modern boolean := pg_catalog.current_setting('server_version_num')::int >= 160000;
  may_switch boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
    BEGIN
      EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS', wanted);
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL; -- made by a neighbour in the same moment
      WHEN insufficient_privilege THEN
        EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
    END;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted AND (rolsuper OR rolbypassrls)) THEN
    RAISE EXCEPTION 'role % passes by row-level security; remove SUPERUSER and BYPASSRLS from it', wanted;
  END IF;
  IF modern THEN
    may_switch := pg_catalog.pg_has_role(current_user, wanted, 'SET');
  ELSE
    may_switch := pg_catalog.pg_has_role(current_user, wanted, 'MEMBER');
  END IF;
  IF NOT may_switch THEN
    EXECUTE pg_catalog.format('GRANT %I TO CURRENT_USER%s', wanted, CASE WHEN modern THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END);
  END IF;
  EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA cuepoint TO %I', wanted);
  IF NOT pg_catalog.has_schema_privilege(wanted, 'public', 'USAGE') THEN
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA public TO %I', wanted);
  END IF;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION cuepoint.make_role(text) FROM PUBLIC;
--> statement-breakpoint
SELECT cuepoint.make_role('cuepoint_lender');
--> statement-breakpoint
-- What was counted of each node's spend: the bank settles with a node by it.
CREATE TABLE node_spend (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  line_item_id text NOT NULL,
  flight_id text NOT NULL,
  node text NOT NULL,
  spent_micros bigint NOT NULL DEFAULT 0,
  impressions bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, line_item_id, flight_id, node)
);
--> statement-breakpoint
CREATE INDEX node_spend_of_node ON node_spend (node);
--> statement-breakpoint
CREATE INDEX node_spend_of_line_item ON node_spend (line_item_id);
--> statement-breakpoint
ALTER TABLE delivery_event NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
INSERT INTO node_spend (account_id, line_item_id, flight_id, node, spent_micros, impressions)
  SELECT account_id, line_item_id, flight_id, node, sum(spent_micros), count(*)
  FROM delivery_event WHERE event = 'impression' AND invalid = '' GROUP BY 1, 2, 3, 4;
--> statement-breakpoint
ALTER TABLE delivery_event FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('node_spend');
--> statement-breakpoint
SELECT cuepoint.allow_all_accounts('node_spend', 'cuepoint_ingester', '{select,insert,update}');
--> statement-breakpoint
CREATE POLICY lend_read ON node_spend FOR SELECT TO cuepoint_lender USING (true);
--> statement-breakpoint
CREATE POLICY lend_read ON delivery_hour FOR SELECT TO cuepoint_lender USING (true);
--> statement-breakpoint
CREATE POLICY lend_read ON delivery_event FOR SELECT TO cuepoint_lender USING (true);
--> statement-breakpoint
CREATE POLICY lend_read ON log_offset FOR SELECT TO cuepoint_lender USING (true);
--> statement-breakpoint
GRANT SELECT ON node_spend, delivery_hour, delivery_event, log_offset TO cuepoint_lender;
--> statement-breakpoint
-- A budget as the bank sees it: of a line item or flight, of a flight's impressions ("<flight>#n"), of one of its days
-- ("<flight>#d<day>").
CREATE TABLE budget_pot (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  pot text NOT NULL,
  -- What was spent of it by nobody who has a lease or a row in node_spend.
  prior bigint NOT NULL CHECK (prior >= 0),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, pot)
);
--> statement-breakpoint
CREATE UNIQUE INDEX budget_pot_key ON budget_pot (pot);
--> statement-breakpoint
-- What one node took of a budget and gave back: running totals.
CREATE TABLE budget_lease (
  account_id text NOT NULL,
  pot text NOT NULL,
  node text NOT NULL,
  -- What was counted of the node's spend before it had a lease.
  before_lease bigint NOT NULL CHECK (before_lease >= 0),
  granted bigint NOT NULL CHECK (granted >= 0),
  returned bigint NOT NULL CHECK (returned BETWEEN 0 AND granted),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, pot, node),
  FOREIGN KEY (account_id, pot) REFERENCES budget_pot (account_id, pot) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX budget_lease_node ON budget_lease (node);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('budget_pot');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('budget_lease');
--> statement-breakpoint
-- Accounts read what lies where; the bank alone moves it.
REVOKE INSERT, UPDATE, DELETE ON budget_pot, budget_lease, node_spend FROM cuepoint_app;
--> statement-breakpoint
-- An account's counts can be derived again from the logs, these among them.
GRANT INSERT, DELETE ON node_spend TO cuepoint_app;
--> statement-breakpoint
CREATE POLICY lend ON budget_pot FOR ALL TO cuepoint_lender USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY lend ON budget_lease FOR ALL TO cuepoint_lender USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON budget_pot, budget_lease TO cuepoint_lender;
--> statement-breakpoint
-- Lives of nodes: what an earlier life sent is not listened to.
CREATE TABLE lease_node (
  node text PRIMARY KEY,
  epoch bigint NOT NULL CHECK (epoch >= 0),
  seen_at timestamptz NOT NULL
);
--> statement-breakpoint
SELECT cuepoint.close_table('lease_node');
--> statement-breakpoint
CREATE POLICY lend ON lease_node FOR ALL TO cuepoint_lender USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON lease_node TO cuepoint_lender;
