-- What the store calls an app; its address there has been a column from the start.
ALTER TABLE app ADD COLUMN store_id text CHECK (length(store_id) BETWEEN 1 AND 128);
