-- Where in a break a line item may stand; what was made before stands anywhere.
ALTER TABLE line_item
  ADD COLUMN pod_position text NOT NULL DEFAULT 'any'
    CHECK (pod_position IN ('any', 'first', 'last', 'edge'));
