/** Says where the text comes from, so that nobody edits it by hand. */
export const generatedNote = (from: string): string =>
  `<!-- Generated from ${from} by \`npm run docs\`. Edit that, not this. -->\n`;

/** Text as it may stand in a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export const code = (text: string): string => `\`${text}\``;

export function table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
