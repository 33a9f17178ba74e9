import { z } from 'zod';
import { Instant } from './common.ts';
import { Micros } from './money.ts';
import { defineOperation } from './operation.ts';

const Position = z.object({ segment: z.int(), offset: z.int() });

/** How one node's log stands to what was counted of it. */
export const CountedLog = z.object({
  node: z.string(),
  /**
   * `whole`: kept from its beginning. `pruned`: its beginning is gone. `unknown`: this installation has no address of the
   * node. `lost`: the log does not reach as far as it was counted, so it is not the one that was.
   */
  state: z.enum(['whole', 'pruned', 'unknown', 'lost']),
  /** First position that was read; null when nothing was. */
  from: Position.nullable(),
  /** Counted up to here, which is as far as it was read. */
  through: Position,
  /** Newest record that was counted; null when none was. */
  throughAt: Instant.nullable(),
  detail: z.string(),
});
export type CountedLog = z.infer<typeof CountedLog>;

/** What no log can tell any more, and so was neither compared nor changed beyond what is said. */
export const Uncompared = z.object({
  /** Stored events whose records were pruned, or lie in a log that cannot be read from here. */
  events: z.int(),
  /** Stored hourly rows of hours up to `hoursThrough`: they hold at least what the logs still say. */
  hours: z.int(),
  /** Start of the last hour that the logs do not hold as a whole; null when they hold all. */
  hoursThrough: Instant.nullable(),
  /** Records of campaigns that were removed with the demo data, and their delivery with them. */
  removedRecords: z.int(),
  /** Invented history of demo campaigns, which no log ever held: hourly rows and their money. */
  demoHours: z.int(),
  demoSpend: z.array(z.object({ currency: z.string(), micros: Micros })),
});
export type Uncompared = z.infer<typeof Uncompared>;

export const CountDifference = z.object({
  kind: z.enum([
    'event_missing',
    'event_unexpected',
    'event_differs',
    'hour_missing',
    'hour_unexpected',
    'hour_differs',
    'reach_missing',
    'reach_unexpected',
    'reach_differs',
    'node_spend_missing',
    'node_spend_unexpected',
    'node_spend_differs',
  ]),
  /** Of the event, or the start of the hour; null for the spend of a node, which is of all time. */
  at: Instant.nullable(),
  event: z.string(),
  /** Null for an hourly row. */
  decisionId: z.string().nullable(),
  position: z.int().nullable(),
  campaignId: z.string(),
  lineItemId: z.string(),
  flightId: z.string(),
  creativeId: z.string(),
  placementId: z.string(),
  /** Null for an event: only the hourly row keeps it. */
  reason: z.string().nullable(),
  currency: z.string(),
  /** Empty when unknown. */
  country: z.string(),
  deviceType: z.string(),
  /** Whose spend it is; null for everything else. */
  node: z.string().nullable(),
  /** What differs, as the log says it and as it is stored; null on the side that has no row. */
  fields: z.array(
    z.object({
      field: z.string(),
      log: z.union([z.string(), z.number()]).nullable(),
      stored: z.union([z.string(), z.number()]).nullable(),
    }),
  ),
});
export type CountDifference = z.infer<typeof CountDifference>;

export const EventsVerification = z.object({
  agrees: z.boolean(),
  logs: z.array(CountedLog),
  compared: z.object({
    /** Records of the account that were read: decisions, and events with their duplicates. */
    records: z.int(),
    events: z.int(),
    /** Rows by hour, campaign, line item, flight, creative, placement, event, reason, currency, country and device type. */
    hours: z.int(),
    /** Sketches of viewers by hour and line item. */
    reach: z.int(),
    /** Sums of what each node spent in each flight, by which budgets are lent. */
    nodeSpend: z.int(),
    spend: z.array(z.object({ currency: z.string(), logMicros: Micros, storedMicros: Micros })),
  }),
  uncompared: Uncompared,
  /** The first of them. */
  differences: z.array(CountDifference),
  differencesTotal: z.int(),
});
export type EventsVerification = z.infer<typeof EventsVerification>;

export const verifyEvents = defineOperation({
  id: 'events.verifyEvents',
  summary: 'Compare the counts and spend of the account with the logs of the delivery nodes, to the unit',
  description:
    'Use it when a figure is doubted, after a restored backup, and before an invoice. It reads each log from its first kept position to where it was counted, and never beyond: what is not counted yet is no difference. Every event is compared by id and every hourly row to the unit and the micro, nothing is locked, nothing changes. What pruned segments, nodes out of reach, demo history and removed demo campaigns leave uncompared is said in `uncompared`. The command exits with 1 when it does not agree.',
  effect: 'read',
  permission: 'audit:read',
  input: z.strictObject({
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(50)
      .meta({ description: 'differences to list, 1 to 1000; all are counted' }),
  }),
  output: EventsVerification,
  errors: ['delivery.unavailable'],
  rest: { method: 'GET', path: '/v1/events/verification' },
  cli: { command: 'events verify' },
  mcp: {
    tool: 'verify_events',
    guidance:
      'Call when a figure or an amount of money is doubted. It reads whole logs, so not in a loop; uncompared says what no log holds any more.',
  },
});

const RowChange = z.object({
  before: z.int(),
  after: z.int(),
  inserted: z.int(),
  updated: z.int(),
  removed: z.int(),
});

export const EventsRebuild = z.object({
  changed: z.boolean(),
  logs: z.array(CountedLog),
  events: RowChange,
  hours: RowChange,
  reach: RowChange,
  nodeSpend: RowChange,
  spend: z.array(z.object({ currency: z.string(), beforeMicros: Micros, afterMicros: Micros })),
  uncompared: Uncompared,
});
export type EventsRebuild = z.infer<typeof EventsRebuild>;

export const rebuildEvents = defineOperation({
  id: 'events.rebuildEvents',
  summary:
    'Derive the events, hourly counts and spend of the account again from the logs of the delivery nodes',
  description:
    'Use it when `events verify` does not agree; with `--dry-run` first, it says what it would change. Rows of the account that the logs still hold become what the logs say, in one transaction with its audit entry: a reader sees the old or the new, a failure leaves the old, and ingestion waits for it and goes on where it stood. What no log holds any more stays as it is. Afterwards `events verify` agrees. The embedded database serves nobody else while it writes; ads go on.',
  effect: 'update',
  permission: 'account:administer',
  dryRun: true,
  input: z.strictObject({}),
  output: EventsRebuild,
  errors: ['delivery.unavailable'],
  rest: { method: 'POST', path: '/v1/events/rebuild' },
  cli: { command: 'events rebuild' },
});

export const EventsAnswer = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  /** Values in the order of the columns; integers beyond 32 bits as text, lists and structures as JSON text. */
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  /** There are more rows than were asked for, or than an answer carries. */
  truncated: z.boolean(),
  /** Parquet files that the table `events` stood for. */
  files: z.int(),
  tookMs: z.int(),
});
export type EventsAnswer = z.infer<typeof EventsAnswer>;

export const queryEvents = defineOperation({
  id: 'events.queryEvents',
  summary: 'Ask the archived raw events of the account by SQL',
  description:
    'One SELECT of DuckDB over the table `events`, which is every archived record of the account: columns in docs/event-archive.md. It reads nothing else, neither files nor network nor settings of the server, and changes nothing. It gets one thread, 256 MB and ten seconds, and answers at most 10 000 rows and 8 MB. Records are archived every five minutes.',
  effect: 'read',
  permission: 'audit:read',
  input: z.strictObject({
    sql: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .meta({ description: 'one SELECT, such as: select event, count(*) from events group by all' }),
    limit: z.coerce.number().int().min(1).max(10_000).default(1000).meta({ description: 'rows to answer' }),
  }),
  output: EventsAnswer,
  errors: ['archive.off', 'query.invalid', 'query.limit'],
  rest: { method: 'POST', path: '/v1/events/query' },
  cli: { command: 'events query', positional: ['sql'] },
});

export const eventsOperations = [verifyEvents, rebuildEvents, queryEvents] as const;
