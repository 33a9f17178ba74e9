let lastMs = Number.NaN;
let last = '';

/** An instant as ISO 8601 with milliseconds: many decisions and events fall into the same one. */
export function instant(atMs: number): string {
  if (atMs !== lastMs) {
    lastMs = atMs;
    last = new Date(atMs).toISOString();
  }
  return last;
}
