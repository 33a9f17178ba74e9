import type { Discrepancies } from '@cuepoint/contract';
import { beforeAll, expect, it } from 'vitest';
import type { LogRecord } from '../../kernel/delivery-protocol.ts';
import { addCampaign, adOf, deliver, type TestCampaign } from '../../testing/delivered-world.ts';
import { databaseSuite } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { createReporting } from './index.ts';

let app: TestApp;
let autumn: TestCampaign;
let winter: TestCampaign;

const compare = (csv: string, more: object = {}) =>
  app.call('reporting.findDiscrepancies', { csv, ...more }) as Promise<Discrepancies>;
const file = (...lines: string[]) => `day,key,impressions\n${lines.join('\n')}\n`;

databaseSuite('discrepancies', (open) => {
  beforeAll(async () => {
    const database = await open();
    const none = async () => new Map<string, string>();
    app = await createTestApp(
      database,
      ({ ids }) =>
        createReporting({
          ids,
          creativesForReport: async () => [],
          creativeNames: none,
          placementNames: none,
          deploymentsForReport: async () => [],
          freshAt: () => new Date('2026-11-13T12:00:00.000Z'),
        }).operations,
    );
    const [accountId] = app.accounts;
    const span = { startAt: '2026-11-01T00:00:00.000Z', endAt: '2026-12-01T00:00:00.000Z', timeZone: 'UTC' };
    autumn = await addCampaign(database, { accountId, key: 'autumn', name: 'Autumn', ...span });
    winter = await addCampaign(database, { accountId, key: 'winter', name: 'Winter', ...span });
    const records: LogRecord[] = [];
    for (let day = 10; day <= 13; day++)
      for (let n = 0; n < 20 + day; n++) {
        // Each evening at 22 h, and a few in the morning.
        const hour = n % 5 === 0 ? '08' : '22';
        records.push(
          ...adOf(autumn, `2026-11-${day}T${hour}:${10 + n}:00.000Z`, ['impression', 'start', 'click']),
        );
      }
    records.push(...adOf(winter, '2026-11-10T08:00:00.000Z', ['impression']));
    await deliver(database, records);
  });

  it('compares by id and by name, flags above 10 %, and tells what it could not use', async () => {
    const answer = await compare(
      file(
        '2026-11-10,Autumn,27',
        `2026-11-11,${autumn.campaignId},15`,
        '2026-11-10,Nobody,9',
        'never,Autumn,1',
      ),
    );
    expect(answer).toMatchObject({
      timeZone: 'UTC',
      from: '2026-11-10',
      to: '2026-11-11',
      totals: { ours: 61, theirs: 42, isFlagged: true, rows: 2, flaggedRows: 1 },
      unknownKeys: [{ key: 'Nobody', theirs: 9 }],
      unread: [{ line: 5 }],
      unreadTotal: 1,
    });
    expect(answer.rows).toMatchObject([
      {
        day: '2026-11-11',
        name: 'Autumn',
        ours: 31,
        theirs: 15,
        isFlagged: true,
        cause: { cause: 'unexplained' },
      },
      { day: '2026-11-10', ours: 30, theirs: 27, discrepancy: 0.1, isFlagged: false, cause: null },
    ]);
  });

  it('names days that are missing, and days that are not over', async () => {
    const { rows } = await compare(file('2026-11-10,Autumn,30', '2026-11-13,Autumn,90'));
    expect(rows.map(({ day, cause }) => [day, cause?.cause]).sort()).toEqual([
      ['2026-11-10', undefined],
      ['2026-11-11', 'missing_in_file'],
      ['2026-11-12', 'missing_in_file'],
      ['2026-11-13', 'day_not_over'],
    ]);
  });

  it('recognises days of another time zone', async () => {
    // In Tokyo the evening of the 10th is the morning of the 11th.
    const theirs = (await app.call('reporting.getDeliveryReport', {
      dimensions: ['day'],
      timeZone: 'Asia/Tokyo',
      campaignId: [autumn.campaignId],
      from: '2026-11-10',
      to: '2026-11-12',
    })) as { rows: { items: { keys: { value: string }[]; metrics: { impressions: number } }[] } };
    const lines = theirs.rows.items.map(
      ({ keys, metrics }) => `${keys[0]!.value},Autumn,${metrics.impressions}`,
    );
    const { rows } = await compare(file(...lines));
    const flagged = rows.filter((row) => row.isFlagged);
    expect(flagged.length).toBeGreaterThan(0);
    for (const { cause } of flagged) expect(cause).toMatchObject({ cause: 'time_zone_shift' });
    expect(flagged[0]!.cause!.detail).toMatch(/begin \d+ h earlier/);
    const right = await compare(file(...lines), { timeZone: 'Asia/Tokyo' });
    expect(right.totals).toMatchObject({ isFlagged: false, flaggedRows: 0 });
  });

  it('recognises swapped columns, and reads the columns it is told', async () => {
    const csv = 'Datum;Kampagne;A;B\n2026-11-10;Autumn;2;30\n';
    const columns = { dayColumn: 'datum', keyColumn: 'kampagne', impressionsColumn: 'A', clicksColumn: 'B' };
    const { rows } = await compare(csv, columns);
    expect(rows).toMatchObject([
      { theirs: 2, theirsClicks: 30, oursClicks: 30, cause: { cause: 'columns_swapped' } },
    ]);
    const right = await compare(csv, { ...columns, impressionsColumn: 'B', clicksColumn: 'A' });
    expect(right.totals.isFlagged).toBe(false);
  });

  it('refuses by name what it cannot compare', async () => {
    for (const [csv, message] of [
      ['a,b\n1,2\n', /dayColumn: "day" does not fit; accepted: a header of the file, which has a, b/],
      ['day,key,impressions\n', /csv: "no lines"/],
      [file('2026-01-01,a,1', '2026-11-01,a,1'), /csv: .*at most 92 days/],
    ] as const)
      await expect(compare(csv)).rejects.toMatchObject({
        code: 'input.invalid',
        message: expect.stringMatching(message),
      });
  });

  it('knows nothing of another account', async () => {
    const answer = (await app.call(
      'reporting.findDiscrepancies',
      { csv: file(`2026-11-10,${winter.campaignId},1`) },
      { account: 1 },
    )) as Discrepancies;
    expect(answer.unknownKeys).toEqual([{ key: winter.campaignId, theirs: 1 }]);
    expect(answer.rows).toEqual([]);
  });
});
