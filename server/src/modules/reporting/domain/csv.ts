/** A value of a file: text, a number as it is, or nothing. */
export type FileCell = string | number | null;

/** What spreadsheets take for the beginning of a formula, or strip before they look (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\0]/;

/**
 * Comma-separated values (RFC 4180): lines end in CRLF, quotes are doubled. Text that a spreadsheet would run gets an
 * apostrophe before it; numbers are numbers.
 */
export function csvText(rows: readonly (readonly FileCell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(value: FileCell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
