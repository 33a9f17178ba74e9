import { type IgnoredParam, ignoredParam, type ViewerParams } from './params.ts';

const MAX_SEGMENTS = 64;
const SEGMENT = /^[A-Za-z0-9][\w.:-]{0,63}$/;
const ACCEPTED = `at most ${MAX_SEGMENTS} names, comma separated, each 1 to 64 letters, digits and _.:-`;

/** Segments that the request declares (`seg`), each once. A name that is none is ignored and noted. */
export function readSegments(params: ViewerParams, ignored: IgnoredParam[]): readonly string[] {
  const text = params.get('seg');
  if (text === undefined) return [];
  const segments = new Set<string>();
  for (const part of text.split(',', MAX_SEGMENTS + 1)) {
    const name = part.trim();
    if (SEGMENT.test(name) && segments.size < MAX_SEGMENTS) segments.add(name);
    else ignored.push(ignoredParam('seg', name, ACCEPTED));
  }
  return [...segments];
}
