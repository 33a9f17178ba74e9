import type { EventsAnswer, EventsRebuild, EventsVerification } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { answerView, rebuildView, verificationView } from './events.ts';

const logs: EventsVerification['logs'] = [
  {
    node: 'node-1',
    state: 'pruned',
    from: { segment: 3, offset: 0 },
    through: { segment: 4, offset: 812 },
    throughAt: '2026-11-30T17:00:00.000Z',
    detail: 'what lies before segment 3, offset 0 was pruned; what was counted of it stays as it is',
  },
];
const nothing: EventsVerification['uncompared'] = {
  events: 0,
  hours: 0,
  hoursThrough: null,
  removedRecords: 0,
  demoHours: 0,
  demoSpend: [],
};
const agreeing: EventsVerification = {
  agrees: true,
  logs: [],
  compared: {
    records: 12,
    events: 1,
    hours: 3,
    reach: 1,
    nodeSpend: 1,
    spend: [{ currency: 'USD', logMicros: 1_020_000, storedMicros: 1_020_000 }],
  },
  uncompared: nothing,
  differences: [],
  differencesTotal: 0,
};

describe('the view of a verification', () => {
  it('says that it agrees, on how much, and where nothing was counted', () => {
    expect(verificationView(agreeing)).toBe(
      [
        'The counts agree with the logs, to the unit and the micro.',
        '',
        'compared   12 records, 1 event, 3 hourly rows, 1 reach row, 1 sum of spend by node',
        'spend USD  1.020000',
        'logs       nothing was ever counted from a log',
      ].join('\n'),
    );
  });

  it('shows differences with both sides, how many more there are, and what no log holds', () => {
    const text = verificationView({
      ...agreeing,
      agrees: false,
      logs,
      compared: { ...agreeing.compared, spend: [{ currency: 'USD', logMicros: 1, storedMicros: 2 }] },
      uncompared: {
        events: 7,
        hours: 2,
        hoursThrough: '2026-11-30T10:00:00.000Z',
        removedRecords: 1,
        demoHours: 4,
        demoSpend: [{ currency: 'EUR', micros: 5_000_000 }],
      },
      differences: [
        {
          kind: 'hour_differs',
          at: '2026-11-30T16:00:00.000Z',
          event: 'impression',
          decisionId: null,
          position: null,
          campaignId: 'cmp_1',
          lineItemId: 'li_1',
          flightId: '',
          creativeId: 'crv_1',
          placementId: 'plc_1',
          reason: 'budget_exhausted',
          currency: 'USD',
          country: 'US',
          deviceType: 'ctv',
          node: null,
          fields: [{ field: 'count', log: 4, stored: null }],
        },
      ],
      differencesTotal: 3,
    });
    expect(text).toContain('differ from the logs in 3 places');
    expect(text).toContain('spend USD   0.000001 in the logs, 0.000002 stored');
    expect(text).toContain(
      'log node-1  counted through segment 4, offset 812, 2026-11-30T17:00:00.000Z; what lies',
    );
    expect(text).toContain('7 stored events of records that no log holds any more');
    expect(text).toContain('2 hourly rows up to the hour of 2026-11-30T10:00:00.000Z');
    expect(text).toContain('4 hourly rows of demo history, invented and in no log, EUR 5.000000');
    expect(text).toContain('1 record of campaigns that were removed');
    expect(text).toMatch(
      /hour differs +2026-11-30T16:00:00.000Z +impression \(budget_exhausted\) +li_1 +count 4 \/ -/,
    );
    expect(text).toContain('and 2 more: --limit');
  });
});

describe('the view of a rebuild', () => {
  const rebuilt: EventsRebuild = {
    changed: true,
    logs,
    events: { before: 9, after: 10, inserted: 2, updated: 0, removed: 1 },
    hours: { before: 3, after: 3, inserted: 0, updated: 1, removed: 0 },
    reach: { before: 3, after: 3, inserted: 0, updated: 1, removed: 0 },
    nodeSpend: { before: 2, after: 2, inserted: 0, updated: 0, removed: 0 },
    spend: [{ currency: 'USD', beforeMicros: 0, afterMicros: 20_000 }],
    uncompared: nothing,
  };

  it('shows rows and money before and after', () => {
    const text = rebuildView(rebuilt);
    expect(text).toMatch(/^Derived again from the logs\./);
    expect(text).toMatch(/events +9 +10 +2 +0 +1\n/);
    expect(text).toContain('spend USD   0.000000 before, 0.020000 after');
  });

  it('says when nothing was wrong', () => {
    expect(rebuildView({ ...rebuilt, changed: false })).toMatch(/^Nothing was wrong/);
  });
});

describe('the view of an answer from the archive', () => {
  const answer: EventsAnswer = {
    columns: [
      { name: 'event', type: 'VARCHAR' },
      { name: 'n', type: 'BIGINT' },
    ],
    rows: [
      ['impression', '12'],
      ['two\nlines', null],
    ],
    truncated: false,
    files: 1,
    tookMs: 7,
  };

  it('is a table of one line for each row, and says when there are more', () => {
    expect(answerView(answer)).toBe(
      ['event       n', 'impression  12', 'two lines', '', '2 rows; 1 file, 7 ms'].join('\n'),
    );
    expect(answerView({ ...answer, truncated: true })).toContain('2 rows, and there are more: --limit;');
  });
});
