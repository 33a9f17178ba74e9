import type {
  DeliveryHeatmap,
  DeliveryReport,
  ReportDimension,
  ReportFile,
  ReportMetrics,
} from '@cuepoint/contract';
import fc from 'fast-check';
import readXlsxFile from 'read-excel-file/node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../kernel/delivery-protocol.ts';
import { addCampaign, adOf, deliver, noAdOf, type TestCampaign } from '../../testing/delivered-world.ts';
import { databaseSuite } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { createReporting } from './index.ts';
import { readParquet } from './testing/read-parquet.ts';

const now = '2026-11-21T09:30:00.000Z';
const ALL = { from: '2026-10-20', to: '2026-11-21' };
let app: TestApp;

const report = (input: object) =>
  app.call('reporting.getDeliveryReport', { ...ALL, limit: 1000, ...input }) as Promise<DeliveryReport>;

const SUMS = [
  'requests',
  'filledRequests',
  'decidedAds',
  'impressions',
  'starts',
  'completes',
  'clicks',
  'errors',
  'invalidEvents',
] as const;

/** What must be equal however it is divided. */
function summed(metrics: readonly ReportMetrics[]) {
  const sum = (of: (one: ReportMetrics) => number) => metrics.reduce((total, one) => total + of(one), 0);
  const money = (currency: string) =>
    sum((one) => one.spend.find((spend) => spend.currency === currency)?.spentMicros ?? 0);
  return {
    ...Object.fromEntries(SUMS.map((name) => [name, sum((one) => one[name])])),
    spend: { USD: money('USD'), EUR: money('EUR') },
    codes: sum((one) => one.errorsByCode.reduce((total, { count }) => total + count, 0)),
  };
}

/** Ads of a few weeks around a change of clocks, from a fixed seed. */
function traffic(campaigns: readonly TestCampaign[], accountId: string): LogRecord[] {
  const records: LogRecord[] = [];
  let state = 7;
  const draw = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const countries = ['US', 'DE', 'FR', ''];
  const devices = ['ctv', 'phone', 'console', ''];
  for (let n = 0; n < 260; n++) {
    const at = new Date(Date.parse('2026-10-20T12:00:00.000Z') + draw(30 * 24 * 60) * 60_000).toISOString();
    const [country, deviceType] = [countries[draw(4)]!, devices[draw(4)]!];
    if (draw(4) === 0) {
      const facts = { ...(country && { country }), ...(deviceType && { device: deviceType }) };
      records.push(noAdOf(accountId, at, draw(2) === 0 ? 'no_budget' : 'geo', facts));
      continue;
    }
    const events = (['impression', 'start', 'complete', 'click', 'error'] as const).slice(0, 1 + draw(5));
    const viewer = draw(40).toString(16).padStart(16, '0');
    records.push(
      ...adOf(campaigns[draw(campaigns.length)]!, at, events, {
        country,
        deviceType,
        errorCode: 303,
        ...(draw(5) > 0 && { identity: viewer, identityKind: 'ifa' }),
        ...(draw(12) === 0 && { invalid: 'prefetch', spendMicros: 0, unbilled: 'invalid_traffic' }),
      }),
    );
  }
  return records;
}

databaseSuite('delivery reports', (open) => {
  let campaigns: TestCampaign[];
  beforeAll(async () => {
    const database = await open();
    const names = async (_tx: unknown, ids: readonly string[]) =>
      new Map(ids.map((id) => [id, `Name of ${id}`]));
    app = await createTestApp(
      database,
      ({ ids }) =>
        createReporting({
          ids,
          creativesForReport: async () => [],
          creativeNames: names,
          placementNames: names,
          deploymentsForReport: async () => [],
          freshAt: () => new Date(now),
        }).operations,
    );
    app.clock.set(now);
    const [accountId, other] = app.accounts;
    const span = { startAt: '2026-10-01T04:00:00.000Z', endAt: '2026-12-01T05:00:00.000Z' };
    campaigns = [
      await addCampaign(database, { accountId, key: 'autumn', name: '=Autumn, "early"', ...span }),
      await addCampaign(database, { accountId, key: 'winter', ...span }),
      await addCampaign(database, { accountId, key: 'euros', currency: 'EUR', ...span }),
    ];
    const foreign = await addCampaign(database, { accountId: other, key: 'foreign', ...span });
    await deliver(database, [...traffic(campaigns, accountId), ...adOf(foreign, '2026-11-10T10:00:00.000Z')]);
  });

  it('states its zone, days, currencies and freshness, and nothing of another account', async () => {
    const answer = await report({ dimensions: ['campaign'] });
    expect(answer).toMatchObject({
      ...ALL,
      timeZone: 'America/New_York',
      startAt: '2026-10-20T04:00:00.000Z',
      endAt: '2026-11-22T05:00:00.000Z',
      isToTheMinute: true,
      currencies: ['EUR', 'USD'],
      freshAt: now,
      previous: null,
      rows: { nextCursor: null },
    });
    expect(answer.rows.items.map(({ keys }) => keys[0]!.value).sort()).toEqual(
      ['', ...campaigns.map(({ campaignId }) => campaignId)].sort(),
    );
    const theirs = (await app.call(
      'reporting.getDeliveryReport',
      { ...ALL, dimensions: ['campaign'] },
      { account: 1 },
    )) as DeliveryReport;
    expect(theirs.totals.metrics).toMatchObject({ requests: 1, impressions: 1 });
    expect(theirs.timeZone).toBe('America/New_York');
  });

  const divided = (['hour', 'day', 'week', 'month', 'campaign', 'line_item', 'creative'] as ReportDimension[])
    .concat('placement', 'country', 'device', 'reason')
    .map((dimension) => [dimension] as const);

  it.each(divided)('adds up over %s to the totals', async (dimension) => {
    const { rows, totals } = await report({ dimensions: [dimension] });
    expect(rows.items.length).toBe(rows.total);
    expect(rows.items.length).toBeGreaterThan(dimension === 'placement' ? 0 : 1);
    expect(summed(rows.items.map(({ metrics }) => metrics))).toEqual(summed([totals.metrics]));
  });

  it('adds up to the same over any dimensions, filters and zones, and by hour to its days', async () => {
    const dimension = fc.constantFrom('campaign', 'creative', 'country', 'device', 'reason', 'placement');
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(dimension, { maxLength: 2 }),
        fc.constantFrom('America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC', 'Asia/Kathmandu'),
        fc.option(fc.constantFrom({ country: ['US', ''] }, { device: ['ctv'] }, { reason: ['', '303'] }), {
          nil: {},
        }),
        fc.integer({ min: 0, max: 20 }),
        async (dimensions, timeZone, filter, days) => {
          const span = { from: '2026-10-28', to: `2026-11-${String(1 + days).padStart(2, '0')}` };
          const input = { ...span, timeZone, ...filter };
          const byDay = await report({ ...input, dimensions: ['day', ...dimensions] });
          const byHour = await report({ ...input, dimensions: ['hour', ...dimensions] });
          for (const one of [byDay, byHour])
            expect(summed(one.rows.items.map(({ metrics }) => metrics))).toEqual(
              summed([byDay.totals.metrics]),
            );
          const starts = [...new Set(byDay.rows.items.map(({ startAt }) => startAt!))].sort();
          for (const [index, start] of starts.entries()) {
            const within = byHour.rows.items.filter(
              ({ startAt }) =>
                startAt! >= start && (starts[index + 1] === undefined || startAt! < starts[index + 1]!),
            );
            const day = byDay.rows.items.filter(({ startAt }) => startAt === start);
            expect(summed(within.map(({ metrics }) => metrics))).toEqual(
              summed(day.map(({ metrics }) => metrics)),
            );
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('says fill where requests without an ad are counted, and nothing where they cannot be', async () => {
    const byCountry = await report({ dimensions: ['country'] });
    for (const { metrics } of byCountry.rows.items)
      expect(metrics.fillRate).toBe(metrics.filledRequests / metrics.requests);
    expect(byCountry.totals.metrics.noAdByReason.map(({ reason }) => reason).sort()).toEqual([
      'geo',
      'no_budget',
    ]);
    expect((await report({ dimensions: ['campaign'] })).rows.items[0]!.metrics.fillRate).toBeNull();
    expect((await report({ campaignId: [campaigns[0]!.campaignId] })).totals.metrics.fillRate).toBeNull();
  });

  it('counts viewers once however often they come back, and says who cannot be counted', async () => {
    const answer = await report({ dimensions: ['week', 'campaign'] });
    const { reach, metrics } = answer.totals;
    expect(answer.reach).toEqual({ standardError: 1.04 / 128, unavailable: null });
    expect(reach!.viewers).toBeGreaterThan(30);
    expect(reach!.viewers).toBeLessThanOrEqual(40);
    expect(reach!.lastingImpressions + reach!.unidentifiedImpressions).toBe(metrics.impressions);
    expect(reach!.averageFrequency).toBeCloseTo(reach!.lastingImpressions / reach!.viewers, 9);
    const parts = answer.rows.items.map((row) => row.reach!);
    expect(parts.reduce((sum, one) => sum + one.lastingImpressions, 0)).toBe(reach!.lastingImpressions);
    expect(parts.reduce((sum, one) => sum + one.viewers, 0)).toBeGreaterThan(reach!.viewers);
    const other = await report({ dimensions: ['country'] });
    expect(other.reach.unavailable).toBe('dimensions');
    expect(other.totals.reach).toBeNull();
  });

  it('compares with the days before, row by row', async () => {
    const later = {
      from: '2026-11-08',
      to: '2026-11-14',
      dimensions: ['day', 'device'],
      compare: 'previous',
    };
    const answer = await report(later);
    const before = await report({ ...later, from: '2026-11-01', to: '2026-11-07', compare: 'none' });
    expect(answer.previous).toEqual({ from: '2026-11-01', to: '2026-11-07' });
    expect(answer.totals.previous).toEqual(before.totals.metrics);
    for (const row of answer.rows.items) {
      const day = String(Number(row.keys[0]!.value.slice(-2)) - 7).padStart(2, '0');
      const same = before.rows.items.find(
        ({ keys }) => keys[0]!.value.endsWith(`-${day}`) && keys[1]!.value === row.keys[1]!.value,
      );
      expect(row.previous!.impressions).toBe(same?.metrics.impressions ?? 0);
    }
  });

  it('comes in pages that are the whole together', async () => {
    const whole = await report({ dimensions: ['day', 'country'] });
    const pages = [];
    let cursor: string | null | undefined;
    do {
      const page: DeliveryReport = await report({
        dimensions: ['day', 'country'],
        limit: 7,
        ...(cursor && { cursor }),
      });
      pages.push(...page.rows.items);
      cursor = page.rows.nextCursor;
    } while (cursor !== null);
    expect(pages).toEqual(whole.rows.items);
    expect(pages.length).toBe(whole.rows.total);
  });

  describe('as a heatmap', () => {
    const heatmap = (input: object) =>
      app.call('reporting.getDeliveryHeatmap', { ...ALL, ...input }) as Promise<DeliveryHeatmap>;

    it('has each hour of the week where a clock of its zone shows it, over a change of clocks', async () => {
      for (const timeZone of ['America/New_York', 'UTC', 'Asia/Tokyo']) {
        const map = await heatmap({ timeZone, figure: 'requests' });
        const expected = Array.from({ length: 7 }, () => Array<number>(24).fill(0));
        const hours = await report({ dimensions: ['hour'], timeZone });
        for (const { startAt, metrics } of hours.rows.items) {
          const shown = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit' });
          const parts = shown.formatToParts(new Date(startAt!));
          const part = (type: string) => parts.find((one) => one.type === type)!.value;
          const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday'));
          expected[day]![Number(part('hour'))]! += metrics.requests;
        }
        expect(map.cells).toEqual(expected);
        expect(map.total).toBe(hours.totals.metrics.requests);
        expect([map.rows[0]!.value, map.columns[23]!.value]).toEqual(['monday', '23']);
      }
    });

    it('adds up by any two dimensions to the report by both, and names what has a name', async () => {
      const map = await heatmap({ rows: 'campaign', columns: 'country', figure: 'impressions' });
      const { rows, totals } = await report({ dimensions: ['campaign', 'country'] });
      for (const { keys, metrics } of rows.items) {
        if (metrics.impressions === 0) continue;
        const at = map.rows.findIndex(({ value }) => value === keys[0]!.value);
        const beside = map.columns.findIndex(({ value }) => value === keys[1]!.value);
        expect(map.cells[at]![beside]).toBe(metrics.impressions);
        expect(map.rows[at]!.name).toBe(keys[0]!.name);
      }
      expect(map.cells.flat().reduce((sum, one) => sum + one, 0)).toBe(totals.metrics.impressions);
      expect(map.leftOut).toEqual({ rows: 0, columns: 0, figure: 0 });
    });

    it('refuses two sides that are the same, and too many days of hours', async () => {
      await expect(heatmap({ rows: 'device', columns: 'device' })).rejects.toMatchObject({
        code: 'input.invalid',
        message: expect.stringMatching(/columns: device are the rows already/),
      });
      await expect(heatmap({ from: '2026-01-01' })).rejects.toMatchObject({ code: 'input.invalid' });
    });
  });

  describe('as a file', () => {
    const file = (input: object) =>
      app.call('reporting.exportDeliveryReport', { ...ALL, ...input }) as Promise<ReportFile>;

    it('is CSV that runs no formula, with plain numbers, zone, currency and freshness', async () => {
      const { content, ...about } = await file({ dimensions: ['day', 'campaign'] });
      expect(about).toMatchObject({
        fileName: 'delivery-day-campaign-2026-10-20-2026-11-21.csv',
        mediaType: 'text/csv; charset=utf-8',
        timeZone: 'America/New_York',
        currencies: ['EUR', 'USD'],
        freshAt: now,
      });
      const [header, ...lines] = content.trimEnd().split('\r\n');
      expect(header).toMatch(
        /^day \(America\/New_York\),campaign,campaign_name,requests,.*spend_EUR,.*fresh_at$/,
      );
      expect(lines.length).toBe(about.rows);
      expect(content).toContain(`"'=Autumn, ""early"""`);
      const column = header!.split(',').indexOf('spend_EUR');
      const plain = lines
        .filter((line) => !line.includes('"'))
        .map((line) => Number(line.split(',')[column]));
      const totals = (await report({ dimensions: ['day'] })).totals.metrics;
      const euros = totals.spend.find(({ currency }) => currency === 'EUR')!.spentMicros;
      expect(Math.round(plain.reduce((sum, one) => sum + one, 0) * 1e6)).toBe(euros);
    });

    it('is a workbook that says what it is about', async () => {
      const { content, encoding } = await file({
        dimensions: ['month', 'device'],
        format: 'xlsx',
        compare: 'previous',
      });
      expect(encoding).toBe('base64');
      const [rows, about] = await readXlsxFile(Buffer.from(content, 'base64'));
      const answer = await report({ dimensions: ['month', 'device'] });
      expect(rows!.data.length).toBe(1 + answer.rows.items.length);
      expect(rows!.data[0]!.slice(0, 3)).toEqual(['month (America/New_York)', 'device', 'requests']);
      expect(rows!.data[1]![2]).toBe(answer.rows.items[0]!.metrics.requests);
      expect(about!.data).toContainEqual(['time zone', 'America/New_York']);
      expect(about!.data).toContainEqual(['counted up to', now]);
    });

    it('is Parquet with typed columns, equal to the report in every figure', async () => {
      const asked = { dimensions: ['day', 'campaign'], compare: 'previous' };
      const { content, encoding, fileName, mediaType } = await file({ ...asked, format: 'parquet' });
      expect([encoding, fileName, mediaType]).toEqual([
        'base64',
        'delivery-day-campaign-2026-10-20-2026-11-21.parquet',
        'application/vnd.apache.parquet',
      ]);
      const { columns, rows, about } = await readParquet(Buffer.from(content, 'base64'));
      expect(columns).toMatchObject({
        day: 'DATE',
        campaign_name: 'VARCHAR',
        impressions: 'BIGINT',
        completion_rate: 'DOUBLE',
        spend_USD_micros: 'BIGINT',
        spend_EUR_micros: 'BIGINT',
        vast_errors: 'STRUCT(reason VARCHAR, count BIGINT)[]',
        previous_impressions: 'BIGINT',
        fresh_at: 'TIMESTAMP WITH TIME ZONE',
      });
      expect(about).toMatchObject({ 'time zone': 'America/New_York', 'counted up to': now });
      const answer = await report(asked);
      expect(rows.length).toBe(answer.rows.items.length);
      for (const [index, { keys, metrics, reach, previous }] of answer.rows.items.entries()) {
        const micros = (currency: string) =>
          metrics.spend.find((one) => one.currency === currency)?.spentMicros ?? 0;
        expect(rows[index]).toMatchObject({
          day: keys[0]!.value,
          campaign: keys[1]!.value,
          campaign_name: keys[1]!.name,
          requests: String(metrics.requests),
          impressions: String(metrics.impressions),
          completes: String(metrics.completes),
          completion_rate: metrics.completionRate,
          spend_USD_micros: String(micros('USD')),
          spend_EUR_micros: String(micros('EUR')),
          vast_errors: metrics.errorsByCode.map(({ reason, count }) => ({ reason, count: String(count) })),
          reach: String(reach!.viewers),
          previous_impressions: String(previous!.impressions),
        });
      }
    });

    it('tells hours in Parquet as instants of UTC', async () => {
      const asked = { dimensions: ['hour'], from: '2026-11-01', to: '2026-11-01', figures: ['impressions'] };
      const { content } = await file({ ...asked, format: 'parquet' });
      const { columns, rows } = await readParquet(Buffer.from(content, 'base64'));
      expect(Object.keys(columns)).toEqual(['hour', 'impressions', 'fresh_at']);
      const { items } = (await report({ dimensions: ['hour'], from: '2026-11-01', to: '2026-11-01' })).rows;
      expect(items.length).toBeGreaterThan(0);
      const instant = (micros: unknown) => new Date(Number(micros) / 1000).toISOString();
      expect(rows.map(({ hour, impressions }) => [instant(hour), impressions])).toEqual(
        items.map(({ keys, metrics }) => [keys[0]!.value, String(metrics.impressions)]),
      );
    });

    it('holds the figures asked for and no others', async () => {
      const { content } = await file({ dimensions: ['device'], figures: ['reach', 'spend', 'clicks'] });
      expect(content.split('\r\n')[0]).toBe(
        'device,clicks,spend_EUR,cpm_EUR,ecpm_EUR,spend_USD,cpm_USD,ecpm_USD,fresh_at',
      );
    });
  });

  it('refuses by name what it cannot report', async () => {
    const refusals: [object, RegExp][] = [
      [{ dimensions: ['day', 'hour'] }, /at most one of hour/],
      [{ dimensions: ['day', 'day'] }, /once/],
      [{ dimensions: [] }, /dimensions/],
      [{ from: '2026-11-22', to: '2026-11-21' }, /to: 2026-11-21 .*2026-11-22 or later/],
      [{ from: '2020-01-01', to: '2026-11-21' }, /at most 732 days/],
      [{ dimensions: ['hour'], from: '2026-01-01' }, /at most 92 days by hour/],
      [{ timeZone: 'Mars/Base' }, /timeZone/],
      [{ cursor: 'zzz' }, /cursor/],
    ];
    for (const [input, message] of refusals)
      await expect(report(input), JSON.stringify(input)).rejects.toMatchObject({
        code: 'input.invalid',
        message: expect.stringMatching(message),
      });
  });
});
