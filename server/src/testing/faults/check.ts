import type { DecisionRecord, EventRecord, LogPosition } from '../../kernel/delivery-protocol.ts';
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
  /** Of events that two nodes were told of, the other record, where nobody says which one counts. */
  readonly others: ReadonlyMap<EventId, EventRecord>;
  /** By decision, who asked and at which node. */
  readonly decisions: ReadonlyMap<string, { record: DecisionRecord; node: string }>;
}

/** Waits until everything that the nodes' logs hold is counted. */
export async function untilCounted(world: FaultyInstallation): Promise<void> {
  for (const { id, internalPort } of world.nodes)
    await until(async () => {
      const headers = { Authorization: `Bearer ${world.planeKey}` };
      // A node that does not answer yet is asked again, until the time is over.
      const status = await call(internalPort, PLANE_PATHS.status, { headers }).catch(() => undefined);
      if (status?.status !== 200) return false;
      const { durableThrough } = status.json<NodeStatus & Record<string, unknown>>();
      return comparePositions(await countedThrough(world, id), durableThrough) >= 0;
    }, SETTLED_MS);
}

/** How far a node's log is counted; its beginning while nobody can say. */
async function countedThrough({ database, client }: FaultyInstallation, node: string): Promise<LogPosition> {
  if (database === null) {
    // Neither is it counted as far as is needed, then: it is asked again.
    const verification = await client.events.verifyEvents({ limit: 1 }).catch(() => undefined);
    return verification?.logs.find((log) => log.node === node)?.through ?? BEGINNING;
  }
  const { rows } = await database.ownerQuery(
    'SELECT segment::int, next_offset::int FROM log_offset WHERE node = $1',
    [node],
  );
  const [at] = rows;
  return at ? { segment: Number(at.segment), offset: Number(at.next_offset) } : BEGINNING;
}

const BEGINNING: LogPosition = { segment: 1, offset: 0 };

/** Everything that must hold once an installation has come to rest; empty when it does. */
export async function checkInstallation(world: FaultyInstallation, told: Told): Promise<string[]> {
  const stored = await storedEvents(world);
  const logged = readLogs(world, stored);
  return [
    ...checkLogged(logged, told),
    ...(stored === null ? [] : checkStored(stored, logged, told)),
    ...(await checkMoney(world, logged)),
    ...checkCaps(world, logged),
    ...(await checkVerification(world)),
    ...(await checkReports(world, logged)),
  ];
}

function readLogs({ nodes }: FaultyInstallation, stored: Stored | null): Logged {
  const events = new Map<EventId, EventRecord>();
  const others = new Map<EventId, EventRecord>();
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
      if (stored === null && events.has(id)) others.set(id, record);
      if (!events.has(id) || stored?.get(id)?.node === node) events.set(id, record);
    }
  return { events, others, decisions };
}

const some = (what: string, ids: readonly string[]): string[] =>
  ids.length === 0 ? [] : [`${ids.length} events ${what}: ${ids.slice(0, 3).join(', ')}`];

/** Null where only the control plane can read them; then its verification compares each with the logs. */
async function storedEvents({ database }: FaultyInstallation): Promise<Stored | null> {
  if (database === null) return null;
  const { rows } = await database.ownerQuery(
    `SELECT decision_id || ' ' || event AS id, node, count(*) OVER (PARTITION BY decision_id, event)::int AS n
     FROM delivery_event`,
  );
  return new Map(rows.map(({ id, node, n }) => [String(id), { node: String(node), n: Number(n) }]));
}

function checkLogged({ events }: Logged, { acknowledged, sent }: Told): string[] {
  return [
    ...some(
      'were acknowledged and are in no log',
      [...acknowledged].filter((id) => !events.has(id)),
    ),
    ...some(
      'are in a log and were never sent',
      [...events.keys()].filter((id) => !sent.has(id)),
    ),
  ];
}

function checkStored(stored: Stored, { events }: Logged, { acknowledged, sent }: Told): string[] {
  return [
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
async function checkMoney({ client, sold }: FaultyInstallation, { events }: Logged): Promise<string[]> {
  const logged = new Map<string, number>();
  for (const { campaignId, spendMicros } of events.values())
    if (campaignId !== null) logged.set(campaignId, (logged.get(campaignId) ?? 0) + spendMicros);
  const faults: string[] = [];
  for (const { id: campaignId } of Object.values(sold)) {
    const { budgetMicros } = await client.campaigns.getCampaign({ campaignId });
    const spent = logged.get(campaignId) ?? 0;
    if (spent > budgetMicros)
      faults.push(`campaign ${campaignId} spent ${spent} of ${budgetMicros} micros by the logs`);
  }
  return faults;
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

/**
 * The report and the bill say what the logs say, by campaign; within what two records of one impression leave open, where only
 * the control plane can read which of them counts.
 */
async function checkReports({ client }: FaultyInstallation, { events, others }: Logged): Promise<string[]> {
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
  const logged = new Map<string, { impressions: number; least: number; most: number }>();
  for (const [id, { event, campaignId, spendMicros }] of events) {
    const sum = logged.get(campaignId ?? '') ?? { impressions: 0, least: 0, most: 0 };
    if (event === 'impression') sum.impressions++;
    const other = others.get(id)?.spendMicros ?? spendMicros;
    sum.least += Math.min(spendMicros, other);
    sum.most += Math.max(spendMicros, other);
    logged.set(campaignId ?? '', sum);
  }
  for (const [campaignId, { impressions, least, most }] of logged) {
    const isLogged = (micros: number) => micros >= least && micros <= most;
    const micros = least === most ? `${most}` : `${least} to ${most}`;
    const row = report.rows.items.find(({ keys }) => keys[0]!.value === campaignId)?.metrics;
    const reported = row?.spend.reduce((sum, { spentMicros }) => sum + spentMicros, 0) ?? 0;
    if (row?.impressions !== impressions || !isLogged(reported))
      faults.push(
        `campaign ${campaignId}: the report says ${row?.impressions} impressions and ${reported} micros, the logs ${impressions} and ${micros}`,
      );
    const billed = bill.rows
      .filter((one) => one.campaignId === campaignId)
      .reduce((sum, { spentMicros }) => sum + spentMicros, 0);
    if (!isLogged(billed) || billed !== reported)
      faults.push(`campaign ${campaignId}: billed ${billed}, reported ${reported}, logged ${micros} micros`);
  }
  return faults;
}
