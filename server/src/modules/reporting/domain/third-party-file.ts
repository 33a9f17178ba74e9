/** A line of a third party's report. */
export interface ThirdPartyLine {
  /** In the file, from 1. */
  line: number;
  day: string;
  key: string;
  impressions: number;
  clicks: number | null;
}

export interface ThirdPartyFile {
  lines: ThirdPartyLine[];
  /** Lines that could not be read, with what is wrong. */
  unread: Array<{ line: number; problem: string }>;
}

export interface ColumnNames {
  day: string;
  key: string;
  impressions: string;
  clicks: string | null;
}

/** The file, or which column it lacks. */
export type ReadFile =
  | { ok: true; file: ThirdPartyFile }
  | { ok: false; column: keyof ColumnNames; headers: string[] };

/**
 * Reads CSV (RFC 4180) with a line of headers; the separator is the one of comma, semicolon and tab that the headers have
 * most of. Headers are compared without regard to case and spaces around them.
 */
export function readThirdPartyFile(text: string, names: ColumnNames): ReadFile {
  const [head, ...records] = recordsOf(text.replace(/^\uFEFF/, ''));
  const headers = head?.cells.map((cell) => cell.trim()) ?? [];
  const at = (name: string) =>
    headers.findIndex((header) => header.toLowerCase() === name.trim().toLowerCase());
  for (const column of ['day', 'key', 'impressions', 'clicks'] as const) {
    const name = names[column];
    if (name !== null && at(name) < 0) return { ok: false, column, headers };
  }
  const file: ThirdPartyFile = { lines: [], unread: [] };
  for (const { line, cells } of records) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const cell = (name: string) => cells[at(name)]?.trim() ?? '';
    const day = cell(names.day);
    const key = cell(names.key);
    const impressions = countOf(cell(names.impressions));
    const clicks = names.clicks === null ? null : countOf(cell(names.clicks));
    const problem = !isDay(day)
      ? `${names.day} is "${day}"; expected a day such as 2026-11-21`
      : key === ''
        ? `${names.key} is empty`
        : impressions === undefined
          ? `${names.impressions} is "${cell(names.impressions)}"; expected a whole number`
          : clicks === undefined
            ? `${names.clicks} is "${cell(names.clicks!)}"; expected a whole number`
            : null;
    if (problem !== null) file.unread.push({ line, problem });
    else file.lines.push({ line, day, key, impressions: impressions!, clicks: clicks! });
  }
  return { ok: true, file };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

/** A whole number, with commas between thousands or without. */
function countOf(text: string): number | undefined {
  if (!/^(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})$/.test(text)) return undefined;
  return Number(text.replaceAll(',', ''));
}

function recordsOf(text: string): Array<{ line: number; cells: string[] }> {
  const records: Array<{ line: number; cells: string[] }> = [];
  const separator = separatorOf(text.slice(0, /[\r\n]|$/.exec(text)!.index));
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  let line = 1;
  let startedAt = 1;
  const end = () => {
    records.push({ line: startedAt, cells: [...cells, cell] });
    cells = [];
    cell = '';
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\n') line++;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') cell += text[++at];
      else isQuoted = false;
    } else if (char === '"' && cell === '') isQuoted = true;
    else if (char === separator) {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') {
      end();
      startedAt = line;
    } else if (char !== '\r') cell += char;
  }
  if (cell !== '' || cells.length > 0) end();
  return records;
}

function separatorOf(header: string): string {
  const count = (separator: string) => header.split(separator).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
