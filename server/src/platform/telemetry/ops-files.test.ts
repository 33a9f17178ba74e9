import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DeliveryMetrics } from '../../skins/delivery/metrics.ts';
import { createControlMetrics } from './metrics.ts';

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { h: number; w: number; x: number; y: number };
  targets?: { refId: string; expr: string }[];
}

const file = (path: string) => readFileSync(new URL(`../../../../ops/${path}`, import.meta.url), 'utf8');
const alerts = parse(file('prometheus/alerts.yml')) as { groups: { name: string; rules: Rule[] }[] };
const rules = alerts.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(file('grafana/delivery.json')) as {
  schemaVersion: number;
  panels: Panel[];
  templating: { list: { name: string }[] };
};
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
];

/** What the processes export: names as a scrape shows them, with their labels. */
async function exported(): Promise<Map<string, Set<string>>> {
  const delivery = new DeliveryMetrics();
  const nothing = () => 0;
  delivery.observe({
    ready: () => true,
    snapshotAgeSeconds: nothing,
    snapshotBuildMs: nothing,
    snapshotsRefused: nothing,
    openReservations: nothing,
    queuedBytes: nothing,
    droppedRecords: nothing,
    logBatches: nothing,
    durableSegment: nothing,
    segmentAgeSeconds: nothing,
    oldestSegmentAgeSeconds: nothing,
    leases: () => ({
      isOpen: true,
      answeredSeconds: 1,
      failures: 0,
      problem: null,
      nodes: 2,
      pots: 3,
      potsUsedUp: 1,
    }),
    redis: () => ({
      kind: 'single',
      isHere: true,
      awaySeconds: null,
      failures: 0,
      problem: null,
      unwrittenExposures: 0,
      forgottenExposures: 0,
    }),
  });
  delivery.countNoAd('no_budget');
  delivery.countEvent('impression', 'counted');
  delivery.countInvalid('robot');
  delivery.countRefused('link.forged');
  const control = createControlMetrics();
  control.watch({
    ingestAgeSeconds: nothing,
    ingestFailures: nothing,
    ingestDuplicates: nothing,
    liveTails: nothing,
    queues: async () => [{ queue: 'studio.generate', state: 'waiting', count: 1 }],
  });
  control.call({ operation: 'system.getStatus', skin: 'rest', outcome: 'ok', durationMs: 1 });
  control.attemptFailed('studio.generate');
  const names = new Map<string, Set<string>>();
  for (const { registry } of [delivery, control]) {
    for (const line of (await registry.metrics()).split('\n')) {
      const [, name, labels = ''] = /^([a-z_]+)(?:\{([^}]*)\})? /.exec(line) ?? [];
      if (name === undefined) continue;
      const known = names.get(name) ?? new Set();
      for (const [, label] of labels.matchAll(/([a-z_]+)="/g)) known.add(label!);
      names.set(name, known);
    }
  }
  return names;
}

/** Added to every sample by the scrape itself. */
const ofScrape = new Set(['job', 'instance']);
const functions = new Set(['rate', 'increase', 'sum', 'histogram_quantile', 'by', 'and', 'or']);

describe('alert rules and dashboard', () => {
  it('name only what is exported, with labels it has', async () => {
    const names = await exported();
    expect(expressions.length).toBeGreaterThan(50);
    for (const [where, expr] of expressions) {
      const bare = expr.replace(/"[^"]*"/g, '""');
      for (const [, name, selector = ''] of bare.matchAll(/\b(cuepoint_[a-z_]+)(?:\{([^}]*)\})?/g)) {
        expect([...names.keys()], where).toContain(name);
        for (const [, label] of selector.matchAll(/([a-z_]+)=/g))
          expect(ofScrape.has(label!) || names.get(name!)!.has(label!), `${where}: ${name}{${label}}`).toBe(
            true,
          );
        for (const [, list] of bare.matchAll(/by \(([^)]*)\)/g))
          for (const label of list!.split(', '))
            expect(ofScrape.has(label) || names.get(name!)!.has(label), `${where}: by ${label}`).toBe(true);
      }
    }
  });

  it('are expressions: nothing unknown in them, brackets in pairs, ranges where rates are taken', () => {
    for (const [where, expr] of expressions) {
      const bare = expr.replace(/"[^"]*"/g, '""').replace(/\{[^}]*\}/g, '');
      for (const [word] of bare.matchAll(/[a-z_]{2,}/g))
        expect(
          functions.has(word) || /^(up$|cuepoint_|__rate_interval$)/.test(word) || isLabel(bare, word),
          `${where}: ${word}`,
        ).toBe(true);
      for (const [open, close] of ['()', '[]', '{}'])
        expect(expr.split(open!).length, where).toBe(expr.split(close!).length);
      for (const [, , range] of expr.matchAll(/\b(rate|increase)\([^[]*(\[[^\]]+\])?/g))
        expect(range, where).toMatch(/^\[(\d+[smh]|\$__rate_interval)\]$/);
    }
  });

  it('are rules as Prometheus reads them', () => {
    expect(alerts.groups.map(({ name }) => name)).toEqual(['cuepoint-delivery', 'cuepoint-control']);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const rule of rules) {
      expect(
        Object.keys(rule).filter((key) => !['alert', 'expr', 'for', 'labels', 'annotations'].includes(key)),
      ).toEqual([]);
      expect(rule.alert).toMatch(/^Cuepoint[A-Za-z]+$/);
      expect(rule.for ?? '1m').toMatch(/^\d+[smh]$/);
      expect(['page', 'ticket'], rule.alert).toContain(rule.labels.severity);
      expect(rule.annotations.summary, rule.alert).toBeTruthy();
      expect(rule.annotations.description, rule.alert).toMatch(/\.$/);
    }
  });

  it('are panels as Grafana reads them: known once, side by side, with their variables', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const variables = new Set(dashboard.templating.list.map(({ name }) => name));
    const used = new Set<string>();
    for (const { gridPos, title, targets } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(used.has(`${x} ${y}`), title).toBe(false);
          used.add(`${x} ${y}`);
        }
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect(targets!.length, title).toBeGreaterThan(0);
      for (const { expr } of targets!)
        for (const [, name] of expr.matchAll(/\$(?!__)([a-z]+)/g)) expect(variables, title).toContain(name);
    }
  });
});

/** Between the brackets of `by`. */
function isLabel(expr: string, word: string): boolean {
  return [...expr.matchAll(/by \(([^)]*)\)/g)].some(([, list]) => list!.split(', ').includes(word));
}
