/** The first of the account's rows that fit. */
export const one = (
  table: 'delivery_event' | 'delivery_hour' | 'delivery_reach' | 'node_spend',
  where: string,
) => {
  const order = {
    delivery_event: 'segment, log_offset',
    delivery_hour: 'hour, campaign_id, event',
    delivery_reach: 'hour, campaign_id',
    node_spend: 'line_item_id, flight_id, node',
  }[table];
  return `ctid = (SELECT ctid FROM ${table} WHERE account_id = :mine AND ${where} ORDER BY ${order} LIMIT 1)`;
};
const columns = `event, at, campaign_id, line_item_id, flight_id, creative_id, placement_id, spent_micros, currency`;
export const copy = (decisionId: string, node: string, place: string) =>
  `INSERT INTO delivery_event SELECT account_id, ${decisionId}, ad_position, ${columns}, ${node}, ${place}
   FROM delivery_event WHERE ${one('delivery_event', `event = 'impression'`)}`;

/** What somebody may do to the rows by hand, and the kinds of differences that must show. */
export const damages: Record<string, [sql: string[], kinds: string[]]> = {
  'an event is gone': [
    [`DELETE FROM delivery_event WHERE ${one('delivery_event', `event = 'impression'`)}`],
    ['event_missing'],
  ],
  'an event and its hour are gone': [
    [
      `DELETE FROM delivery_event WHERE ${one('delivery_event', `event = 'start'`)}`,
      `DELETE FROM delivery_hour WHERE ${one('delivery_hour', `event = 'start'`)}`,
    ],
    ['event_missing', 'hour_missing'],
  ],
  'the spend of an event is changed': [
    [
      `UPDATE delivery_event SET spent_micros = spent_micros + 1 WHERE ${one('delivery_event', `event = 'impression'`)}`,
    ],
    ['event_differs'],
  ],
  'the spend of an hour is changed by a micro': [
    [
      `UPDATE delivery_hour SET spent_micros = spent_micros + 1 WHERE ${one('delivery_hour', `event = 'impression'`)}`,
    ],
    ['hour_differs'],
  ],
  'a count of an hour is changed': [
    [`UPDATE delivery_hour SET count = count - 1 WHERE ${one('delivery_hour', `event = 'request'`)}`],
    ['hour_differs'],
  ],
  'an hour is added': [
    [
      `INSERT INTO delivery_hour SELECT account_id, hour + interval '9 hours', campaign_id, line_item_id, flight_id, creative_id,
        placement_id, event, reason, count, spent_micros, currency FROM delivery_hour WHERE ${one('delivery_hour', `event = 'impression'`)}`,
    ],
    ['hour_unexpected'],
  ],
  'everything is doubled in the hours': [
    ['UPDATE delivery_hour SET count = 2 * count, spent_micros = 2 * spent_micros WHERE account_id = :mine'],
    ['hour_differs'],
  ],
  'an event is doubled under another decision': [
    [copy(`'dec_invented'`, 'node', 'segment, log_offset')],
    ['event_unexpected'],
  ],
  'an event is added of a node that never was': [
    [copy(`'dec_invented'`, `'node-never'`, 'segment, log_offset')],
    ['event_unexpected'],
  ],
  'an event is added from behind what was counted': [
    [copy(`'dec_invented'`, 'node', '9999, 0')],
    ['event_unexpected'],
  ],
  'an event went to another campaign': [
    [
      `UPDATE delivery_event SET campaign_id = 'cmp_one00000' WHERE ${one('delivery_event', `campaign_id = 'cmp_two00000'`)}`,
    ],
    ['event_differs'],
  ],
  'an event happened at another time': [
    [
      `UPDATE delivery_event SET at = at + interval '1 hour' WHERE ${one('delivery_event', `event = 'complete'`)}`,
    ],
    ['event_differs'],
  ],
  'an event came from another country': [
    [`UPDATE delivery_event SET country = 'FR' WHERE ${one('delivery_event', `country = 'US'`)}`],
    ['event_differs'],
  ],
  'an hour went to another device': [
    [
      `UPDATE delivery_hour SET device_type = 'tablet' WHERE ${one('delivery_hour', `device_type = 'ctv' AND event = 'impression'`)}`,
    ],
    ['hour_missing', 'hour_unexpected'],
  ],
  'an event rests on another record': [
    [
      `UPDATE delivery_event SET log_offset = log_offset + 1 WHERE ${one('delivery_event', `event = 'complete'`)}`,
    ],
    ['event_differs'],
  ],
  'an event rests on a record of an earlier page': [
    [`UPDATE delivery_event SET segment = 1, log_offset = 51 WHERE ${one('delivery_event', 'segment > 8')}`],
    ['event_differs', 'event_unexpected'],
  ],
  'an event rests on a record of a later page': [
    [`UPDATE delivery_event SET segment = 9, log_offset = 51 WHERE ${one('delivery_event', 'segment = 2')}`],
    ['event_differs'],
  ],
  'a sketch is emptied': [
    [`UPDATE delivery_reach SET sketch = '\\x' WHERE ${one('delivery_reach', 'lasting > 0')}`],
    ['reach_differs'],
  ],
  'a sketch is no sketch': [
    [`UPDATE delivery_reach SET sketch = '\\xffff' WHERE ${one('delivery_reach', 'true')}`],
    ['reach_differs'],
  ],
  'a count of viewers is changed': [
    [`UPDATE delivery_reach SET household = household + 1 WHERE ${one('delivery_reach', 'true')}`],
    ['reach_differs'],
  ],
  'reach is gone': [['DELETE FROM delivery_reach WHERE account_id = :mine'], ['reach_missing']],
  'reach is invented': [
    [
      `INSERT INTO delivery_reach SELECT account_id, hour + interval '90 hours', campaign_id, line_item_id, sketch, lasting,
        household, session FROM delivery_reach WHERE ${one('delivery_reach', 'true')}`,
    ],
    ['reach_unexpected'],
  ],
  'the spend of a node is changed by a micro': [
    [`UPDATE node_spend SET spent_micros = spent_micros - 1 WHERE ${one('node_spend', 'true')}`],
    ['node_spend_differs'],
  ],
  'the impressions of a node are changed': [
    [`UPDATE node_spend SET impressions = impressions + 1 WHERE ${one('node_spend', 'true')}`],
    ['node_spend_differs'],
  ],
  'the spend of a node is gone': [
    [`DELETE FROM node_spend WHERE ${one('node_spend', 'true')}`],
    ['node_spend_missing'],
  ],
  'spend of a node is invented': [
    [
      `INSERT INTO node_spend SELECT account_id, line_item_id, flight_id, 'node-never', spent_micros, impressions
       FROM node_spend WHERE ${one('node_spend', 'true')}`,
    ],
    ['node_spend_unexpected'],
  ],
  'spend of a node went to another one': [
    [`UPDATE node_spend SET node = 'node-never' WHERE ${one('node_spend', 'true')}`],
    ['node_spend_missing', 'node_spend_unexpected'],
  ],
  'all events are gone': [['DELETE FROM delivery_event WHERE account_id = :mine'], ['event_missing']],
  'everything is gone': [
    [
      'DELETE FROM delivery_event WHERE account_id = :mine',
      'DELETE FROM delivery_hour WHERE account_id = :mine',
      'DELETE FROM delivery_reach WHERE account_id = :mine',
    ],
    ['event_missing', 'hour_missing', 'reach_missing'],
  ],
};
