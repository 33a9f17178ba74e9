-- An account's counts can be derived again from the logs of the nodes. The account inserts what was lost of its own rows,
-- and locks the row that an ingester locks, so that neither counts while the other does; it changes no offset.
CREATE POLICY app_rebuild ON delivery_event FOR INSERT TO cuepoint_app
  WITH CHECK (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
CREATE POLICY app_rebuild ON delivery_hour FOR INSERT TO cuepoint_app
  WITH CHECK (account_id = (SELECT cuepoint.account_id()));
--> statement-breakpoint
GRANT INSERT ON delivery_event, delivery_hour TO cuepoint_app;
--> statement-breakpoint
CREATE POLICY app_read ON log_offset FOR SELECT TO cuepoint_app USING (true);
--> statement-breakpoint
-- FOR UPDATE asks for the right to update a column; the check lets no change through.
CREATE POLICY app_lock ON log_offset FOR UPDATE TO cuepoint_app USING (true) WITH CHECK (false);
--> statement-breakpoint
GRANT SELECT, UPDATE (updated_at) ON log_offset TO cuepoint_app;
--> statement-breakpoint
-- Rows of an account by where their records lie in a log: a page of the log is compared with what was stored of it.
CREATE INDEX delivery_event_address ON delivery_event (account_id, node, segment, log_offset);
