-- Forced policies show the owner no rows on a hosted server: they rest while the stored targeting changes its shape.
ALTER TABLE line_item NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE line_item
  ADD COLUMN type text NOT NULL DEFAULT 'standard'
    CHECK (type IN ('sponsorship', 'guaranteed', 'standard', 'price_priority', 'bulk', 'house')),
  ADD COLUMN price_model text NOT NULL DEFAULT 'cpm' CHECK (price_model IN ('cpm', 'flat')),
  ADD COLUMN flat_micros bigint CHECK (flat_micros > 0),
  ADD COLUMN pacing text NOT NULL DEFAULT 'even' CHECK (pacing IN ('even', 'front_loaded', 'asap')),
  ADD COLUMN share_percent integer CHECK (share_percent BETWEEN 1 AND 100),
  ADD COLUMN targeting jsonb NOT NULL DEFAULT '{"all": []}',
  ADD COLUMN dayparts jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN frequency_caps jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN separation jsonb NOT NULL DEFAULT '{"scope": "pod", "labels": []}',
  ADD COLUMN rotation text NOT NULL DEFAULT 'even'
    CHECK (rotation IN ('even', 'weighted', 'sequential', 'optimised')),
  ADD CONSTRAINT line_item_flat_has_fee CHECK (price_model = 'cpm' OR flat_micros IS NOT NULL OR type = 'house');
--> statement-breakpoint
-- A game console plays on the television set, and "mobile" meant phones.
UPDATE line_item SET targeting = jsonb_build_object('all',
  CASE WHEN cardinality(countries) = 0 THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object(
    'dimension', 'country', 'operator', 'any_of', 'values', to_jsonb(countries))) END
  || CASE WHEN cardinality(device_types) = 0 THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object(
    'dimension', 'device', 'operator', 'any_of', 'values', to_jsonb(array_replace(
      CASE WHEN 'ctv' = ANY (device_types) THEN device_types || ARRAY['console'] ELSE device_types END,
      'mobile', 'phone')))) END);
--> statement-breakpoint
ALTER TABLE line_item DROP COLUMN countries, DROP COLUMN device_types;
--> statement-breakpoint
ALTER TABLE line_item FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE INDEX line_item_list ON line_item (account_id, created_at DESC, id DESC);
--> statement-breakpoint
ALTER TABLE flight
  ALTER COLUMN budget_micros DROP NOT NULL,
  ADD COLUMN impression_goal bigint CHECK (impression_goal > 0),
  ADD COLUMN daily_budget_micros bigint CHECK (daily_budget_micros > 0);
--> statement-breakpoint
CREATE TABLE line_item_creative (
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  line_item_id text NOT NULL,
  creative_id text NOT NULL,
  weight double precision NOT NULL DEFAULT 1 CHECK (weight > 0),
  sequence integer NOT NULL CHECK (sequence > 0),
  start_at timestamptz,
  end_at timestamptz,
  PRIMARY KEY (account_id, line_item_id, creative_id),
  CHECK (end_at > start_at),
  FOREIGN KEY (account_id, line_item_id) REFERENCES line_item (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, creative_id) REFERENCES creative (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX line_item_creative_creative ON line_item_creative (account_id, creative_id);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('line_item_creative');
--> statement-breakpoint
SELECT cuepoint.allow_all_accounts('line_item_creative', 'cuepoint_snapshot_builder', '{select}');
--> statement-breakpoint
ALTER TABLE publisher
  ADD COLUMN domain text,
  ADD COLUMN archived boolean NOT NULL DEFAULT false;
--> statement-breakpoint
CREATE TABLE app (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  publisher_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('app', 'site', 'channel')),
  name text NOT NULL,
  bundle text,
  domain text,
  store_url text,
  network text,
  channel_name text,
  categories text[] NOT NULL DEFAULT '{}',
  archived boolean NOT NULL DEFAULT false,
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, id),
  FOREIGN KEY (account_id, publisher_id) REFERENCES publisher (account_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX app_publisher ON app (account_id, publisher_id);
--> statement-breakpoint
SELECT cuepoint.protect_tenant_table('app');
--> statement-breakpoint
SELECT cuepoint.allow_all_accounts('app', 'cuepoint_snapshot_builder', '{select}');
--> statement-breakpoint
ALTER TABLE placement
  ADD COLUMN app_id text,
  ADD COLUMN position text NOT NULL DEFAULT 'standalone' CHECK (position IN ('pre', 'mid', 'post', 'standalone')),
  ADD COLUMN status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused')),
  ADD COLUMN exact_durations_ms integer[] NOT NULL DEFAULT '{}',
  ADD COLUMN formats text[] NOT NULL DEFAULT '{linear_video}',
  ADD COLUMN pod jsonb,
  ADD COLUMN floor_cpm_micros bigint NOT NULL DEFAULT 0 CHECK (floor_cpm_micros >= 0),
  ADD COLUMN floor_currency text NOT NULL DEFAULT 'USD',
  ADD COLUMN duration_floors jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN min_cpm_per_second_micros bigint NOT NULL DEFAULT 0 CHECK (min_cpm_per_second_micros >= 0),
  ADD COLUMN allowed_categories text[] NOT NULL DEFAULT '{}',
  ADD COLUMN blocked_categories text[] NOT NULL DEFAULT '{}',
  ADD COLUMN blocked_domains text[] NOT NULL DEFAULT '{}',
  ADD COLUMN mimes text[] NOT NULL DEFAULT '{}',
  ADD COLUMN codecs text[] NOT NULL DEFAULT '{}',
  ADD COLUMN min_bitrate_kbps integer NOT NULL DEFAULT 0 CHECK (min_bitrate_kbps >= 0),
  ADD COLUMN max_bitrate_kbps integer NOT NULL DEFAULT 100000 CHECK (max_bitrate_kbps > 0),
  ADD COLUMN clearance text,
  ADD COLUMN archived boolean NOT NULL DEFAULT false,
  ADD FOREIGN KEY (account_id, app_id) REFERENCES app (account_id, id);
--> statement-breakpoint
CREATE INDEX placement_publisher ON placement (account_id, publisher_id);
--> statement-breakpoint
CREATE INDEX placement_app ON placement (account_id, app_id);
--> statement-breakpoint
-- Which destinations a creative has passed goes into the snapshot; what was found is nobody's business there.
CREATE POLICY snapshot_read ON qc_result FOR SELECT TO cuepoint_snapshot_builder USING (true);
--> statement-breakpoint
GRANT SELECT (account_id, creative_id, pack_id, blocks) ON qc_result TO cuepoint_snapshot_builder;
