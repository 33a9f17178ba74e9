import { describe, expect, it } from 'vitest';
import { type ColumnNames, readThirdPartyFile } from './third-party-file.ts';

const names: ColumnNames = { day: 'Date', key: 'Campaign', impressions: 'Imps', clicks: null };
const read = (text: string, more: Partial<ColumnNames> = {}) => {
  const result = readThirdPartyFile(text, { ...names, ...more });
  if (!result.ok) throw new Error(`no column ${result.column}`);
  return result.file;
};

describe("a third party's file", () => {
  it.each([',', ';', '\t'])('is read with %j between values', (separator) => {
    const line = (...cells: string[]) => `${cells.join(separator)}\r\n`;
    const text = `\uFEFF${line(' date ', 'x', 'Campaign', 'IMPS', 'Clicks')}${line('2026-11-20', 'y', '"Autumn ""early"""', '"1,204"', '7')}`;
    expect(read(text, { clicks: 'clicks' })).toEqual({
      unread: [],
      lines: [{ line: 2, day: '2026-11-20', key: 'Autumn "early"', impressions: 1204, clicks: 7 }],
    });
  });

  it('says of each line that it cannot read which and why, and reads the others', () => {
    const { lines, unread } = read(
      'Date,Campaign,Imps\n2026-02-30,a,1\n\n2026-11-20,,1\n2026-11-20,"two\nlines",5\n21/11/2026,a,1\n2026-11-20,a,1.5\n2026-11-20,a',
    );
    expect(lines).toEqual([{ line: 5, day: '2026-11-20', key: 'two\nlines', impressions: 5, clicks: null }]);
    expect(unread.map(({ line }) => line)).toEqual([2, 4, 7, 8, 9]);
    expect(unread[0]!.problem).toBe('Date is "2026-02-30"; expected a day such as 2026-11-21');
    expect(unread[4]!.problem).toContain('Imps is ""');
  });

  it('that lacks a column says which, and what it has', () => {
    expect(readThirdPartyFile('Day,Imps\n', names)).toEqual({
      ok: false,
      column: 'day',
      headers: ['Day', 'Imps'],
    });
    expect(readThirdPartyFile('', names)).toMatchObject({ ok: false, column: 'day' });
  });
});
