/*
 * A body is megabytes of JSON in which hardly anything is new. Its parts are told apart without reading them: only those
 * whose text is another are parsed.
 */

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const COMMA = 44;
const COLON = 58;

/** The text ends where a value should go on. */
class JsonEndError extends SyntaxError {
  constructor() {
    super('the text ends within a value');
  }
}

/** The text of each member of a JSON object, by name. Throws SyntaxError for what is no object. */
export function memberTexts(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_OBJECT) throw new SyntaxError('it is no object');
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) !== CLOSE_OBJECT) {
    const nameEnd = endOfValue(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    at = skipSpace(text, nameEnd);
    if (text.charCodeAt(at) !== COLON) throw new SyntaxError(`no value follows "${name.slice(0, 40)}"`);
    at = skipSpace(text, at + 1);
    const end = endOfValue(text, at);
    members.set(name, text.slice(at, end));
    at = afterValue(text, end, CLOSE_OBJECT);
  }
  return members;
}

/** The text of each element of a JSON list. Throws SyntaxError for what is no list. */
export function elementTexts(text: string): string[] {
  const elements: string[] = [];
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_LIST) throw new SyntaxError('it is no list');
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) !== CLOSE_LIST) {
    const end = endOfValue(text, at);
    elements.push(text.slice(at, end));
    at = afterValue(text, end, CLOSE_LIST);
  }
  return elements;
}

/** Where the next member or element begins, or the end. */
function afterValue(text: string, from: number, close: number): number {
  const at = skipSpace(text, from);
  const mark = text.charCodeAt(at);
  if (mark === close) return at;
  if (mark !== COMMA) throw Number.isNaN(mark) ? new JsonEndError() : new SyntaxError('a comma is missing');
  return skipSpace(text, at + 1);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const mark = text.charCodeAt(at);
    if (mark !== 32 && mark !== 10 && mark !== 13 && mark !== 9) return at;
    at++;
  }
}

function endOfValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return endOfString(text, from);
  let at = from;
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) {
    // A number, true, false or null.
    while (at < text.length && !isMark(text.charCodeAt(at))) at++;
    if (at === from) throw at < text.length ? new SyntaxError('a value is missing') : new JsonEndError();
    return at;
  }
  let depth = 0;
  while (at < text.length) {
    const mark = text.charCodeAt(at);
    if (mark === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    at++;
    if (mark === OPEN_OBJECT || mark === OPEN_LIST) depth++;
    else if ((mark === CLOSE_OBJECT || mark === CLOSE_LIST) && --depth === 0) return at;
  }
  throw new JsonEndError();
}

function endOfString(text: string, from: number): number {
  let end = from;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) throw new JsonEndError();
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    // An even number of backslashes stands for themselves.
    if ((end - before) % 2 === 1) return end + 1;
  }
}

function isMark(mark: number): boolean {
  return (
    mark === COMMA ||
    mark === CLOSE_OBJECT ||
    mark === CLOSE_LIST ||
    mark === 32 ||
    mark === 10 ||
    mark === 13 ||
    mark === 9
  );
}
