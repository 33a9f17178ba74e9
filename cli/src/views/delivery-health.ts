import type { DeliveryHealth, DeliveryNodeHealth } from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { indent } from '../output/table.ts';

const stateWords: Record<DeliveryNodeHealth['state'], string> = {
  ready: 'ready',
  not_ready: 'NOT READY',
  unreachable: 'UNREACHABLE',
  unknown: 'UNKNOWN',
};

/** One part for each node: what it does, what is wrong, and how far its events are counted. */
export function deliveryHealthView({ ok, at, nodes }: DeliveryHealth): string {
  return [
    ok ? `All is well at ${at}.` : `Something is wrong at ${at}.`,
    ...nodes.map((node) =>
      [
        `${node.node ?? 'delivery node'}: ${stateWords[node.state]}. ${node.detail}`,
        ...node.problems.filter((problem) => problem !== node.detail).map((problem) => `  - ${problem}`),
        indent(pairs(factsOf(node))),
      ].join('\n'),
    ),
  ].join('\n\n');
}

function factsOf({
  snapshot,
  serving,
  log,
  events,
  budgets,
  redis,
  ingestion,
  startedAt,
}: DeliveryNodeHealth) {
  const named = (list: readonly { name: string; count: number }[]) =>
    list.length === 0 ? '0' : list.map(({ name, count }) => `${count} ${name}`).join(', ');
  return {
    ...(startedAt ? { started: startedAt } : {}),
    ...(serving
      ? {
          serving: `${serving.requestsPerSecond.toFixed(1)} requests/s, p50 ${ms(serving.p50Ms)}, p99 ${ms(serving.p99Ms)}, fill ${serving.fillRate === null ? '-' : `${(serving.fillRate * 100).toFixed(1)} %`}`,
        }
      : {}),
    ...(snapshot
      ? {
          snapshot: `${snapshot.hash?.slice(0, 12) ?? 'none'}, built ${snapshot.builtAt ?? '-'}, confirmed ${snapshot.confirmedSeconds === null ? 'never' : `${Math.round(snapshot.confirmedSeconds)} s ago`}`,
        }
      : {}),
    ...(log
      ? {
          log: `durable to ${place(log.durableThrough)}; ${log.segments} segments, ${megabytes(log.keptBytes)} kept; open segment ${megabytes(log.openBytes)} since ${log.openSince ?? '-'}; ${log.queuedBytes} bytes waiting`,
          acknowledgement: `${log.sync}, p50 ${ms(log.commitP50Ms)}, p99 ${ms(log.commitP99Ms)}`,
        }
      : {}),
    ...(budgets
      ? {
          budgets: `shared by ${budgets.nodes} nodes, ${budgets.isLent ? 'lent' : 'NOT LENT'}, ${budgets.failures} questions without an answer`,
        }
      : {}),
    ...(redis ? { redis: redisText(redis) } : {}),
    counted: countedText(ingestion),
    ...(events && log
      ? {
          events: `${events.acknowledged} acknowledged, ${events.duplicates} duplicates, ${events.refused} refused, ${log.droppedRecords} records dropped`,
          invalid: named(events.invalid),
          'links refused': named(events.linksRefused),
        }
      : {}),
  };
}

function redisText({
  kind,
  isHere,
  awaySeconds,
  failures,
  unwrittenExposures,
}: NonNullable<DeliveryNodeHealth['redis']>) {
  const state = isHere ? 'answers' : `AWAY for ${Math.round(awaySeconds ?? 0)} s`;
  return `${kind}, ${state}, ${failures} questions without an answer, ${unwrittenExposures} exposures to be told`;
}

function countedText({
  state,
  through,
  lagRecords,
  hasMore,
  lagBytes,
  lagSeconds,
}: DeliveryNodeHealth['ingestion']) {
  const to = through ? `to ${place(through)}` : 'nothing so far';
  if (lagRecords === null) return `${state}, ${to}; what waits is not known`;
  const bytes = lagBytes === null ? '' : `, ${megabytes(lagBytes)}`;
  return `${state}, ${to}; ${hasMore ? 'more than ' : ''}${lagRecords} records wait${bytes}, the oldest for ${(lagSeconds ?? 0).toFixed(1)} s`;
}

const place = ({ segment, offset }: { segment: number; offset: number }) =>
  `segment ${segment}, offset ${offset}`;
const ms = (value: number | null) => (value === null ? '-' : `${value.toFixed(2)} ms`);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
