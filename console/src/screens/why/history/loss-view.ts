import type { LossDay, LossHistory, LossMarker } from '@cuepoint/contract';
import { reasonSentence } from '../../../delivery-words.ts';
import type { StackedDay } from '../../../design/charts/stacked-days.tsx';
import { day as dayText } from '../../../design/format/date.ts';
import { count, percent } from '../../../design/format/number.ts';

/** Reasons with a colour of their own; the rest is grouped. */
const COLOURED = 7;
export const OTHER = 'other';

export interface Series {
  name: string;
  color: string;
}

/** The reasons that are lost to most, each with its place among the chart colours, and what is left together. */
export function seriesOf({ reasons }: Pick<LossHistory, 'reasons'>): Series[] {
  const named = reasons
    .slice(0, COLOURED)
    .map(({ reason }, at) => ({ name: reason, color: `var(--chart-${at + 1})` }));
  return reasons.length > COLOURED ? [...named, { name: OTHER, color: 'var(--text-3)' }] : named;
}

/** Shares of a day by series, from the base of the bar up. */
export function partsOf(day: LossDay, series: readonly Series[]): StackedDay['parts'] {
  const named = new Set(series.map(({ name }) => name));
  return series
    .map(({ name, color }) => ({
      name,
      color,
      share: day.lost
        .filter(({ reason }) => (name === OTHER ? !named.has(reason) : reason === name))
        .reduce((sum, { share }) => sum + share, 0),
    }))
    .filter(({ share }) => share > 0);
}

/** Changes with their numbers, oldest first: the same number stands above the day. */
export function numbered(changes: readonly LossMarker[] | null): (LossMarker & { number: number })[] {
  return (changes ?? []).map((one, at) => ({ ...one, number: at + 1 }));
}

export function stackedDays(history: LossHistory): StackedDay[] {
  const series = seriesOf(history);
  const changes = numbered(history.changes);
  return history.days.map((day) => ({
    key: day.day,
    label: dayText(`${day.day}T00:00:00Z`, 'UTC'),
    text: sentenceOf(day, history.basis, changes.filter((one) => one.day === day.day).length),
    parts: partsOf(day, series),
    marks: changes.filter((one) => one.day === day.day).map(({ number }) => number),
  }));
}

/** A day in one sentence. */
export function sentenceOf(day: LossDay, basis: LossHistory['basis'], changes: number): string {
  const date = dayText(`${day.day}T00:00:00Z`, 'UTC');
  const marks = changes === 0 ? '' : ` ${changes} ${changes === 1 ? 'change' : 'changes'}.`;
  if (day.requests === 0) return `${date}: no request.${marks}`;
  const asked =
    basis === 'explained'
      ? `${count(day.known)} of ${count(day.requests)} requests explained`
      : `${count(day.requests)} requests`;
  if (day.known === 0) return `${date}: ${asked}.${marks}`;
  const lost = day.lost.reduce((sum, { share }) => sum + share, 0);
  const named = [...day.lost]
    .sort((left, right) => right.share - left.share)
    .slice(0, 3)
    .map(({ reason, share }) => `${reason} ${percent(share)}`)
    .join(', ');
  return `${date}: ${asked}, ${percent(lost)} lost${named && `: ${named}`}.${marks}`;
}

/** "no_budget: its budget is spent" for the legend's tooltip. */
export function reasonTitle(reason: string): string {
  const sentence = reasonSentence(reason);
  return sentence === reason ? reason : `${reason}: ${sentence}`;
}
