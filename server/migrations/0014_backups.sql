-- A backup reads every table and changes none.
SELECT cuepoint.make_role('cuepoint_backup');
--> statement-breakpoint
GRANT SELECT ON cuepoint.migrations TO cuepoint_backup;
--> statement-breakpoint
-- For tables that are not closed by close_table: SELECT cuepoint.allow_backup('supply_path');
CREATE FUNCTION cuepoint.allow_backup(target regclass) RETURNS void
  LANGUAGE plpgsql
  SET search_path = ''
AS $$
BEGIN
  EXECUTE pg_catalog.format('DROP POLICY IF EXISTS backup_read ON %s', target);
  EXECUTE pg_catalog.format('CREATE POLICY backup_read ON %s FOR SELECT TO cuepoint_backup USING (true)', target);
  EXECUTE pg_catalog.format('GRANT SELECT ON TABLE %s TO cuepoint_backup', target);
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION cuepoint.allow_backup(regclass) FROM PUBLIC;
--> statement-breakpoint
DO $$
DECLARE
  target regclass;
BEGIN
  FOR target IN
    SELECT c.oid::regclass FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relforcerowsecurity
  LOOP
    PERFORM cuepoint.allow_backup(target);
  END LOOP;
END
$$;
--> statement-breakpoint
-- As in 0000, and open to the backup.
CREATE OR REPLACE FUNCTION cuepoint.close_table(target regclass) RETURNS void
  LANGUAGE plpgsql
  SET search_path = ''
AS $$
DECLARE
  stranger text;
BEGIN
  EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE pg_catalog.format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %s FROM PUBLIC', target);
  FOR stranger IN SELECT rolname FROM pg_catalog.pg_roles WHERE rolname IN ('anon', 'authenticated')
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %s FROM %I', target, stranger);
  END LOOP;
  PERFORM cuepoint.allow_backup(target);
END
$$;
--> statement-breakpoint
-- Which backups were made of this installation, how far each had counted every node's log, and whether it was verified:
-- a log may only forget what a verified backup holds.
CREATE TABLE backup (
  id text PRIMARY KEY,
  taken_at timestamptz NOT NULL,
  log_positions jsonb NOT NULL,
  verified_at timestamptz
);
--> statement-breakpoint
SELECT cuepoint.close_table('backup');
--> statement-breakpoint
CREATE POLICY backup_made ON backup FOR INSERT TO cuepoint_backup WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY backup_verified ON backup FOR UPDATE TO cuepoint_backup USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT INSERT ON backup TO cuepoint_backup;
--> statement-breakpoint
GRANT UPDATE (verified_at) ON backup TO cuepoint_backup;
--> statement-breakpoint
CREATE POLICY snapshot_read ON backup FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
GRANT SELECT ON backup TO cuepoint_snapshot_builder;
