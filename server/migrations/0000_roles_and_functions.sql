-- Roles of the application, and the functions every tenant table is protected with.
-- Functions live in schema "cuepoint" (not reachable through an API that exposes "public"); tables live in "public".
CREATE SCHEMA IF NOT EXISTS cuepoint;
--> statement-breakpoint
-- Roles belong to the whole server, so another database may have made them already. They cannot log in; whoever
-- runs the application is a member and switches per transaction. Membership is given without inheritance where the
-- server can say so (PostgreSQL 16 and newer), so that the login itself never gains the rights of all of them.
DO $$
DECLARE
  wanted text;
  modern boolean := current_setting('server_version_num')::int >= 160000;
  may_switch boolean;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['cuepoint_app', 'cuepoint_snapshot_builder', 'cuepoint_ingester', 'cuepoint_scheduler', 'cuepoint_signin']
  LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS', wanted);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL; -- made by a neighbour in the same moment
        WHEN insufficient_privilege THEN
          -- Some hosts let an owner create roles only without naming attributes that need a superuser.
          EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
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
      EXECUTE format('GRANT %I TO CURRENT_USER%s', wanted, CASE WHEN modern THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA cuepoint TO %I', wanted);
    IF NOT pg_catalog.has_schema_privilege(wanted, 'public', 'USAGE') THEN
      EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', wanted);
    END IF;
  END LOOP;
END
$$;
--> statement-breakpoint
CREATE FUNCTION cuepoint.account_id() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = ''
  RETURN nullif(pg_catalog.current_setting('cuepoint.account_id', true), '');
--> statement-breakpoint
COMMENT ON FUNCTION cuepoint.account_id() IS 'Account of the running transaction; NULL when none is set, which matches no row.';
--> statement-breakpoint
CREATE FUNCTION cuepoint.user_id() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = ''
  RETURN nullif(pg_catalog.current_setting('cuepoint.user_id', true), '');
--> statement-breakpoint
COMMENT ON FUNCTION cuepoint.user_id() IS 'User of the running transaction; NULL when none is set.';
--> statement-breakpoint
-- Takes the table away from everybody and turns policies on, for its owner as well.
CREATE FUNCTION cuepoint.close_table(target regclass) RETURNS void
  LANGUAGE plpgsql
  SET search_path = ''
AS $$
DECLARE
  stranger text;
BEGIN
  EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE pg_catalog.format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %s FROM PUBLIC', target);
  -- Hosts that publish "public" over HTTP grant every new table to these.
  FOR stranger IN SELECT rolname FROM pg_catalog.pg_roles WHERE rolname IN ('anon', 'authenticated')
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %s FROM %I', target, stranger);
  END LOOP;
END
$$;
--> statement-breakpoint
-- One line per tenant table: SELECT cuepoint.protect_tenant_table('line_items');
CREATE FUNCTION cuepoint.protect_tenant_table(target regclass) RETURNS void
  LANGUAGE plpgsql
  SET search_path = ''
AS $$
DECLARE
  account_column smallint;
BEGIN
  SELECT attnum INTO account_column FROM pg_catalog.pg_attribute
    WHERE attrelid = target AND attname = 'account_id' AND attnotnull AND NOT attisdropped
      AND atttypid = 'pg_catalog.text'::regtype;
  IF account_column IS NULL THEN
    RAISE EXCEPTION 'tenant table % needs a column "account_id text not null"', target;
  END IF;
  IF NOT EXISTS (
    SELECT FROM pg_catalog.pg_index WHERE indrelid = target AND indkey[0] = account_column AND indpred IS NULL
  ) THEN
    RAISE EXCEPTION 'tenant table % needs an index that begins with account_id (a "unique (account_id, id)" will do)', target;
  END IF;
  PERFORM cuepoint.close_table(target);
  EXECUTE pg_catalog.format(
    'CREATE POLICY app_account ON %s FOR ALL TO cuepoint_app
       USING (account_id = (SELECT cuepoint.account_id()))
       WITH CHECK (account_id = (SELECT cuepoint.account_id()))', target);
  EXECUTE pg_catalog.format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO cuepoint_app', target);
END
$$;
--> statement-breakpoint
-- Lets a role other than "app" work on the rows of all accounts, with the named privileges only:
-- SELECT cuepoint.allow_all_accounts('line_items', 'cuepoint_snapshot_builder', '{select}');
CREATE FUNCTION cuepoint.allow_all_accounts(target regclass, grantee name, privileges text[]) RETURNS void
  LANGUAGE plpgsql
  SET search_path = ''
AS $$
DECLARE
  privilege text;
BEGIN
  IF grantee NOT IN ('cuepoint_snapshot_builder', 'cuepoint_ingester', 'cuepoint_scheduler', 'cuepoint_signin') THEN
    RAISE EXCEPTION 'role % may not be let past the account of a table', grantee;
  END IF;
  FOREACH privilege IN ARRAY privileges
  LOOP
    privilege := pg_catalog.lower(privilege);
    IF privilege NOT IN ('select', 'insert', 'update', 'delete') THEN
      RAISE EXCEPTION 'privilege % is unknown; accepted are select, insert, update, delete', privilege;
    END IF;
    EXECUTE pg_catalog.format(
      'CREATE POLICY %I ON %s FOR %s TO %I %s %s',
      grantee || '_' || privilege, target, privilege, grantee,
      CASE WHEN privilege = 'insert' THEN '' ELSE 'USING (true)' END,
      CASE WHEN privilege IN ('insert', 'update') THEN 'WITH CHECK (true)' ELSE '' END);
    EXECUTE pg_catalog.format('GRANT %s ON TABLE %s TO %I', privilege, target, grantee);
  END LOOP;
END
$$;
--> statement-breakpoint
-- Functions may be run by everybody unless said otherwise; the helpers above are for migrations.
REVOKE ALL ON FUNCTION cuepoint.close_table(regclass) FROM PUBLIC;
--> statement-breakpoint
REVOKE ALL ON FUNCTION cuepoint.protect_tenant_table(regclass) FROM PUBLIC;
--> statement-breakpoint
REVOKE ALL ON FUNCTION cuepoint.allow_all_accounts(regclass, name, text[]) FROM PUBLIC;
