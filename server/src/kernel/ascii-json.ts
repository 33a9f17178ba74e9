/** Text that needs no escape is its own JSON. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const WIDE = /[\u007f-\uffff]/g;

/** JSON of a text in ASCII characters alone, so that it is as many bytes as characters. */
export function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    WIDE,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same of a list of texts. */
export function quotedList(texts: readonly string[]): string {
  if (texts.length === 0) return '[]';
  let text = `[${quoted(texts[0]!)}`;
  for (let at = 1; at < texts.length; at++) text += `,${quoted(texts[at]!)}`;
  return `${text}]`;
}
