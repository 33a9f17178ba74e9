import type { DecisionRecord, EventRecord } from '../../kernel/delivery-protocol.ts';
import { type NodeStatus, PLANE_PATHS } from '../../kernel/delivery-protocol.ts';
import { readRawLog } from '../../skins/delivery/log/raw-log.ts';
import { comparePositions } from '../../skins/delivery/log/reader.ts';
import { call, until } from '../../skins/delivery/testing/call.ts';
import { CAP, type FaultyInstallation } from './installation.ts';
import type { EventId } from './viewers.ts';

const SETTLED_MS = 120_000;

/** What viewers did over all rounds so far. */
export interface Told {
  readonly acknowledged: ReadonlySet<EventId>;
  readonly sent: ReadonlySet<EventId>;
}

/** Counted events: of which node's log, and how often. */
type Stored = ReadonlyMap<EventId, { readonly node: string; readonly n: number }>;

/** What a straight reading of the segment files says, whatever the servers and the database say. */
interface Logged {
  /** By event, its first record; where two nodes have one, that of the node it was counted of. */
  readonly events: ReadonlyMap<EventId, EventRecord>;
  /** By decision, who asked and at which node. */
  readonly decisions: ReadonlyMap<string, { record: DecisionRecord; node: string }>;
}

/** Waits until everything that the nodes' logs hold is counted. */
export async function untilCounted({ nodes, database, planeKey }: FaultyInstallation): Promise<void> {
  for (const { id, internalPort } of nodes)
    await until(async () => {
      const headers = { Authorization: `Bearer ${planeKey}` };
      const status = await call(internalPort, PLANE_PATHS.status, { headers }).catch(() => undefined);
      if (status?.status !== 200) return false;
      const { durableThrough } = status.json<NodeStatus & Record<string, unknown>>();
      const { rows } = await database.ownerQuery(
        'SELECT segment::int, next_offset::int FROM log_offset WHERE node = $1',
        [id],
      );
      const [at = { segment: 1, next_offset: 0 }] = rows;
      const counted = { segment: Number(at.segment), offset: Number(at.next_offset) };
      return comparePositions(counted, durableThrough) >= 0;
    }, SETTLED_MS);
}

/** Everything that must hold once an installation has come to rest; empty when it does. */
export async function checkInstallation(world: FaultyInstallation, told: Told): Promise<string[]> {
  const { rows } = await world.database.ownerQuery(
    `SELECT decision_id || ' ' || event AS id, node, count(*) OVER (PARTITION BY decision_id, event)::int AS n
     FROM delivery_event`,
  );
  const stored: Stored = new Map(
    rows.map(({ id, node, n }) => [String(id), { node: String(node), n: Number(n) }]),
  );
  const logged = readLogs(world, stored);
  return [
    ...checkEvents(stored, logged, told),
    ...(await checkMoney(world, logged)),
    ...checkCaps(world, logged),
    ...(await checkVerification(world)),
    ...(await checkReports(world, logged)),
  ];
}

function readLogs({ nodes }: FaultyInstallation, stored: Stored): Logged {
  const events = new Map<EventId, EventRecord>();
  const decisions = new Map<string, { record: DecisionRecord; node: string }>();
  const read = new Set<string>();
  for (const { id: node, dataDir } of nodes)
    for (const record of readRawLog(dataDir).records) {
      if (record.type === 'decision') {
        decisions.set(record.decisionId, { record, node });
        continue;
      }
      const id = `${record.decisionId} ${record.event}`;
      if (record.duplicate || read.has(`${id} ${node}`)) continue;
      read.add(`${id} ${node}`);
      if (!events.has(id) || stored.get(id)?.node === node) events.set(id, record);
    }
  return { events, decisions };
}

const some = (what: string, ids: readonly string[]): string[] =>
  ids.length === 0 ? [] : [`${ids.length} events ${what}: ${ids.slice(0, 3).join(', ')}`];

function checkEvents(stored: Stored, { events }: Logged, { acknowledged, sent }: Told): string[] {
  return [
    ...some(
      'were acknowledged and are in no log',
      [...acknowledged].filter((id) => !events.has(id)),
    ),
    ...some(
      'were acknowledged and are not counted',
      [...acknowledged].filter((id) => !stored.has(id)),
    ),
    ...some(
      'are counted more than once',
      [...stored].filter(([, { n }]) => n !== 1).map(([id]) => id),
    ),
    ...some(
      'are counted and were never sent',
      [...stored.keys()].filter((id) => !sent.has(id)),
    ),
    ...some(
      'are in a log and not counted',
      [...events.keys()].filter((id) => !stored.has(id)),
    ),
    ...some(
      'are counted and in no log',
      [...stored.keys()].filter((id) => !events.has(id)),
    ),
  ];
}

/** No budget is exceeded: leases bound what all nodes commit together, whatever was killed. */
async function checkMoney({ database }: FaultyInstallation, { events }: Logged): Promise<string[]> {
  const { rows } = await database.ownerQuery(
    `SELECT f.id, f.budget_micros::text AS budget, coalesce(sum(e.spent_micros), 0)::text AS spent
     FROM flight f LEFT JOIN delivery_event e ON e.flight_id = f.id GROUP BY f.id, f.budget_micros`,
  );
  const logged = new Map<string, number>();
  for (const { flightId, spendMicros } of events.values())
    if (flightId !== null) logged.set(flightId, (logged.get(flightId) ?? 0) + spendMicros);
  return rows.flatMap(({ id, budget, spent }) => {
    const said = logged.get(String(id)) ?? 0;
    return [
      ...(budget !== null && Number(spent) > Number(budget)
        ? [`flight ${id} spent ${spent} of ${budget} micros`]
        : []),
      ...(Number(spent) !== said
        ? [`flight ${id} spent ${spent} as it is stored and ${said} by the logs`]
        : []),
    ];
  });
}

/**
 * A cap is counted by each node for itself, from its own log: nobody is shown more than that at one node. A decision
 * whose record went with a killed process is not in the log, and binds nobody.
 */
function checkCaps({ sold }: FaultyInstallation, { events, decisions }: Logged): string[] {
  const lineItemId = sold.capped.lineItems[0]!.id;
  const shown = new Map<string, number>();
  for (const { event, decisionId, lineItemId: of } of events.values()) {
    const decision = decisions.get(decisionId);
    if (event !== 'impression' || of !== lineItemId || !decision) continue;
    const key = `${decision.record.request.identity} at ${decision.node}`;
    shown.set(key, (shown.get(key) ?? 0) + 1);
  }
  return [...shown]
    .filter(([, times]) => times > CAP)
    .map(([who, times]) => `viewer ${who} was shown ${times} ads of a line item capped at ${CAP}`);
}

async function checkVerification({ client }: FaultyInstallation): Promise<string[]> {
  const { agrees, differences, logs } = await client.events.verifyEvents({ limit: 3 });
  const unread = logs.filter(({ state }) => state !== 'whole');
  return [
    ...(agrees ? [] : [`events verify: ${JSON.stringify(differences)}`]),
    ...unread.map(({ node, state }) => `events verify: the log of ${node} is ${state}`),
  ];
}

/** The report and the bill say what the logs say, by campaign. */
async function checkReports({ client }: FaultyInstallation, { events }: Logged): Promise<string[]> {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const period = { from: day(-1), to: day(1), timeZone: 'UTC' };
  const report = await client.reporting.getDeliveryReport({
    ...period,
    dimensions: ['campaign'],
    limit: 100,
  });
  const bill = await client.billing.getBillingStatement({ ...period, reconcile: true });
  const faults: string[] = [];
  if (bill.reconciliation?.agrees !== true)
    faults.push(`the bill does not reconcile: ${JSON.stringify(bill.reconciliation)}`);
  const logged = new Map<string, { impressions: number; micros: number }>();
  for (const { event, campaignId, spendMicros } of events.values()) {
    const sum = logged.get(campaignId ?? '') ?? { impressions: 0, micros: 0 };
    if (event === 'impression') sum.impressions++;
    sum.micros += spendMicros;
    logged.set(campaignId ?? '', sum);
  }
  for (const [campaignId, { impressions, micros }] of logged) {
    const row = report.rows.items.find(({ keys }) => keys[0]!.value === campaignId)?.metrics;
    const reported = row?.spend.reduce((sum, { spentMicros }) => sum + spentMicros, 0) ?? 0;
    if (row?.impressions !== impressions || reported !== micros)
      faults.push(
        `campaign ${campaignId}: the report says ${row?.impressions} impressions and ${reported} micros, the logs ${impressions} and ${micros}`,
      );
    const billed = bill.rows
      .filter((one) => one.campaignId === campaignId)
      .reduce((sum, { spentMicros }) => sum + spentMicros, 0);
    if (billed !== micros) faults.push(`campaign ${campaignId}: billed ${billed}, logged ${micros} micros`);
  }
  return faults;
}
