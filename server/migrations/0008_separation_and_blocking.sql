-- How far the separation of a placement reaches, and brands and media files it does not take; what was made before keeps
-- competitors apart within a break and blocks neither.
ALTER TABLE placement
  ADD COLUMN separation_scope text NOT NULL DEFAULT 'pod'
    CHECK (separation_scope IN ('pod', 'stream')),
  ADD COLUMN blocked_brands text[] NOT NULL DEFAULT '{}',
  ADD COLUMN blocked_media text[] NOT NULL DEFAULT '{}';
