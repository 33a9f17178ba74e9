import { expect, it } from 'vitest';
import { csvText } from './csv.ts';

it('writes what a spreadsheet reads as it was, and runs nothing', () => {
  expect(
    csvText([
      ['name', 'n'],
      ['Spot, "late"', 1.5],
      ['two\nlines', null],
    ]),
  ).toBe('name,n\r\n"Spot, ""late""",1.5\r\n"two\nlines",\r\n');
  for (const evil of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\0=1', '\r=1'])
    expect(
      csvText([[evil]])
        .replace('"', '')
        .startsWith("'"),
      JSON.stringify(evil),
    ).toBe(true);
  expect(csvText([[-1.25]])).toBe('-1.25\r\n');
  expect(csvText([['a=1']])).toBe('a=1\r\n');
});
