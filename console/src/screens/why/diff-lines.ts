import { readTree, targetingSentence } from '../line-items/targeting.ts';

/** One line of a change as it is shown: what goes, what comes. */
export interface DiffLine {
  sign: '-' | '+';
  text: string;
}

const longest = 600;

/** A change of a field as two lines: targeting as its sentence, the rest as it would be sent, cut where nobody would read on. */
export function diffLines(field: string, from: unknown, to: unknown): DiffLine[] {
  const line = (sign: '-' | '+', value: unknown): DiffLine => ({
    sign,
    text: `${field}: ${shown(field, value)}`,
  });
  return [line('-', from), line('+', to)];
}

function shown(field: string, value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  const read = field === 'targeting' ? readTree(json) : null;
  if (read && 'tree' in read) return targetingSentence(read.tree);
  const spaced = json.length > longest ? `${json.slice(0, longest)}…` : json;
  return spaced.replaceAll('","', '", "').replaceAll('":', '": ');
}
