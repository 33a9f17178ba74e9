import writeXlsxFile from 'write-excel-file/node';
import type { FileCell } from '../domain/csv.ts';

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A workbook (Office Open XML): cells are texts and numbers, so nothing in it is a formula. */
export async function xlsxFile(sheets: ReadonlyArray<{ name: string; rows: FileCell[][] }>): Promise<Buffer> {
  return writeXlsxFile(
    sheets.map(({ name, rows }) => ({
      sheet: name,
      data: rows.map((row) =>
        row.map((value) =>
          value === null
            ? null
            : { value: typeof value === 'string' ? printable(value) : value, type: typeOf(value) },
        ),
      ),
    })),
  ).toBuffer();
}

const typeOf = (value: string | number) => (typeof value === 'number' ? Number : String);

/** XML 1.0 section 2.2 has no place for control characters. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are taken out
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '');
}
