-- Accounts, members, sessions, keys, audit trail, idempotency.
-- account and app_user are found by people who are not signed in yet, so the
-- signin role has policies of its own on them; everybody else sees their account only.
CREATE TABLE account (
  id text PRIMARY KEY,
  name text NOT NULL,
  public_page boolean NOT NULL DEFAULT false,
  demo_seed integer,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE TABLE app_user (
  id text PRIMARY KEY,
  email text NOT NULL,
  display_name text NOT NULL,
  password_hash text,
  last_sign_in_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE UNIQUE INDEX app_user_email ON app_user (lower(email));
--> statement-breakpoint
CREATE TABLE membership (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('viewer', 'planner', 'trafficker', 'reviewer', 'admin', 'agent')),
  disabled boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, user_id)
);
--> statement-breakpoint
CREATE INDEX membership_user ON membership (user_id);
--> statement-breakpoint
CREATE TABLE session (
  token_hash text PRIMARY KEY,
  user_id text NOT NULL,
  account_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  client_address text,
  user_agent text,
  FOREIGN KEY (account_id, user_id) REFERENCES membership (account_id, user_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX session_account ON session (account_id, user_id);
--> statement-breakpoint
CREATE TABLE sign_in_link (
  token_hash text PRIMARY KEY,
  user_id text NOT NULL,
  account_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  FOREIGN KEY (account_id, user_id) REFERENCES membership (account_id, user_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX sign_in_link_account ON sign_in_link (account_id);
--> statement-breakpoint
CREATE TABLE sign_in_throttle (
  key text PRIMARY KEY,
  failures integer NOT NULL,
  window_started_at timestamptz NOT NULL,
  blocked_until timestamptz
);
--> statement-breakpoint
CREATE TABLE api_key (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name text NOT NULL,
  prefix text NOT NULL,
  secret_hash text NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('viewer', 'planner', 'trafficker', 'reviewer', 'admin', 'agent')),
  scopes text[] NOT NULL DEFAULT '{}',
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_by text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id)
);
--> statement-breakpoint
CREATE TABLE audit_record (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  operation text NOT NULL,
  entity_kind text NOT NULL,
  entity_id text NOT NULL,
  change text NOT NULL CHECK (change IN ('created', 'updated', 'deleted', 'noted')),
  fields jsonb NOT NULL DEFAULT '[]',
  reason text,
  request_id text NOT NULL
);
--> statement-breakpoint
CREATE INDEX audit_record_entity ON audit_record (account_id, entity_id, at DESC);
--> statement-breakpoint
CREATE INDEX audit_record_at ON audit_record (account_id, at DESC, id DESC);
--> statement-breakpoint
CREATE TABLE idempotency_key (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  operation text NOT NULL,
  key text NOT NULL,
  input_hash text NOT NULL,
  response jsonb,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, operation, key)
);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('api_key');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('membership');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('session');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('sign_in_link');
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('idempotency_key');
--> statement-breakpoint
-- Sessions and links belong to the signin role alone; the app role reads who is a member and changes nothing.
REVOKE ALL ON session, sign_in_link FROM cuepoint_app;
--> statement-breakpoint
REVOKE INSERT, UPDATE, DELETE ON membership FROM cuepoint_app;
--> statement-breakpoint
REVOKE DELETE ON api_key FROM cuepoint_app;
--> statement-breakpoint
-- The audit trail is written and read, never changed.
ALTER TABLE audit_record ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE audit_record FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY audit_record_read ON audit_record FOR SELECT TO cuepoint_app USING (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
CREATE POLICY audit_record_write ON audit_record FOR INSERT TO cuepoint_app WITH CHECK (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
GRANT SELECT, INSERT ON audit_record TO cuepoint_app;
--> statement-breakpoint
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE account FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY account_app ON account FOR ALL TO cuepoint_app USING (id = (SELECT cuepoint.account_id())) WITH CHECK (id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
GRANT SELECT, UPDATE ON account TO cuepoint_app;
--> statement-breakpoint
ALTER TABLE app_user ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE app_user FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY app_user_members ON app_user FOR SELECT TO cuepoint_app
  USING (EXISTS (SELECT 1 FROM membership m WHERE m.user_id = app_user.id AND m.account_id = (SELECT cuepoint.account_id())));
--> statement-breakpoint
GRANT SELECT (id, email, display_name, last_sign_in_at, version, created_at, updated_at) ON app_user TO cuepoint_app;
--> statement-breakpoint
ALTER TABLE sign_in_throttle ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE sign_in_throttle FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- The signin role: finds a person by e-mail, a session or key by its hash, before the account is known.
CREATE POLICY signin_all ON account FOR ALL TO cuepoint_signin USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY signin_all ON app_user FOR ALL TO cuepoint_signin USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY signin_all ON membership FOR ALL TO cuepoint_signin USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY signin_all ON session FOR ALL TO cuepoint_signin USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY signin_all ON sign_in_link FOR ALL TO cuepoint_signin USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY signin_all ON sign_in_throttle FOR ALL TO cuepoint_signin USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY signin_keys ON api_key FOR SELECT TO cuepoint_signin USING (true);
--> statement-breakpoint
CREATE POLICY signin_keys_used ON api_key FOR UPDATE TO cuepoint_signin USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON account, app_user, membership, session, sign_in_link, sign_in_throttle TO cuepoint_signin;
--> statement-breakpoint
GRANT SELECT, UPDATE (last_used_at) ON api_key TO cuepoint_signin;
--> statement-breakpoint
CREATE POLICY signin_audit ON audit_record FOR INSERT TO cuepoint_signin WITH CHECK (true);
--> statement-breakpoint
GRANT INSERT ON audit_record TO cuepoint_signin;
--> statement-breakpoint
CREATE POLICY signin_idempotency ON idempotency_key FOR ALL TO cuepoint_signin USING (account_id = (SELECT cuepoint.account_id())) WITH CHECK (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON idempotency_key TO cuepoint_signin;
--> statement-breakpoint
CREATE POLICY scheduler_accounts ON account FOR SELECT TO cuepoint_scheduler USING (true);
--> statement-breakpoint
GRANT SELECT ON account TO cuepoint_scheduler;
--> statement-breakpoint
CREATE POLICY snapshot_accounts ON account FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
GRANT SELECT ON account TO cuepoint_snapshot_builder;
