import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Actor, traceFilter, trafficTrace } from './trace.fixture.ts';

const DOC = new URL('../../../../../docs/invalid-traffic.md', import.meta.url);

interface Row {
  isViewer: boolean;
  passed: number;
  marked: number;
  readonly reasons: Map<string, number>;
}

function confusion(seed: number): Map<Actor, Row> {
  const reasonOf = traceFilter();
  const rows = new Map<Actor, Row>();
  for (const one of trafficTrace(seed)) {
    const row = rows.get(one.actor) ?? { isViewer: one.isViewer, passed: 0, marked: 0, reasons: new Map() };
    rows.set(one.actor, row);
    const reason = reasonOf(one);
    if (reason === null) row.passed++;
    else {
      row.marked++;
      row.reasons.set(reason, (row.reasons.get(reason) ?? 0) + 1);
    }
  }
  return rows;
}

function totals(rows: Map<Actor, Row>) {
  const sum = { viewersPassed: 0, viewersMarked: 0, othersPassed: 0, othersMarked: 0 };
  for (const { isViewer, passed, marked } of rows.values()) {
    sum[isViewer ? 'viewersPassed' : 'othersPassed'] += passed;
    sum[isViewer ? 'viewersMarked' : 'othersMarked'] += marked;
  }
  return sum;
}

/** As docs/invalid-traffic.md shows it. */
function table(rows: Map<Actor, Row>): string {
  const lines = [...rows]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([actor, { isViewer, passed, marked, reasons }]) => {
      const why = [...reasons]
        .map(([reason, count]) => `${reason} ${count}`)
        .sort()
        .join(', ');
      return `| ${actor} | ${isViewer ? 'yes' : 'no'} | ${passed} | ${marked} | ${why} |`;
    });
  const sum = totals(rows);
  const precision = (100 * sum.othersMarked) / (sum.othersMarked + sum.viewersMarked);
  const recall = (100 * sum.othersMarked) / (sum.othersMarked + sum.othersPassed);
  return [
    '| who | viewers? | events counted | events marked | as |',
    '|---|---|---|---|---|',
    ...lines,
    '',
    `| | counted | marked |`,
    '|---|---|---|',
    `| events of viewers | ${sum.viewersPassed} | ${sum.viewersMarked} |`,
    `| events of nobody | ${sum.othersPassed} | ${sum.othersMarked} |`,
    '',
    `Precision ${precision.toFixed(1)} %, recall ${recall.toFixed(1)} %.`,
  ].join('\n');
}

describe('invalid traffic on a trace whose truth is known', () => {
  it('is told apart as the documentation says', () => {
    const shown = table(confusion(1));
    expect(readFileSync(DOC, 'utf8'), `the tables should be:\n${shown}`).toContain(shown);
  });

  it.each([2, 3, 4, 5, 6])('costs hardly a viewer and finds most of the rest, seed %i', (seed) => {
    const rows = confusion(seed);
    const sum = totals(rows);
    expect(sum.viewersMarked / (sum.viewersMarked + sum.viewersPassed)).toBeLessThan(0.015);
    expect(sum.othersMarked / (sum.othersMarked + sum.othersPassed)).toBeGreaterThan(0.75);
    expect(rows.get('viewers at home')!.marked).toBe(0);
    expect(rows.get('a bar with forty screens')!.marked).toBe(0);
    for (const actor of [
      'prefetching players',
      'a farm in a listed range',
      'scripts that report completes alone',
    ] as const)
      expect(rows.get(actor)!.passed, actor).toBe(0);
  });
});
