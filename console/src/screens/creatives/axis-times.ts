/** Round seconds that leave room for their labels, and the end where it has room too. */
export function axisTimes(durationMs: number, width: number): number[] {
  const most = Math.max(1, Math.floor(width / 90));
  const step = [1, 2, 5, 10, 15, 30, 60, 120].find((size) => durationMs / (size * 1000) <= most) ?? 300;
  const times = Array.from(
    { length: Math.floor(durationMs / (step * 1000)) + 1 },
    (_, at) => at * step * 1000,
  );
  return durationMs - (times.at(-1) ?? 0) > step * 600 ? [...times, durationMs] : times;
}
