const dayMs = 86_400_000;

/** `YYYY-MM-DD` of an instant in a time zone. */
export function dateIn(timeZone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);
}

/**
 * A flight date of a brief as a calendar date: itself, `today`, or `today +N` for N days later.
 * Relative dates let a shipped sample stay valid.
 */
export function resolveDate(text: string, today: string): string {
  const days = /^today(?:\s*\+\s*(\d{1,3}))?$/.exec(text);
  if (!days) return text;
  return new Date(Date.parse(`${today}T00:00:00Z`) + Number(days[1] ?? 0) * dayMs).toISOString().slice(0, 10);
}
