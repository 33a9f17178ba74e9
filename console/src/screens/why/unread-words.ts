import type { CountersNow, UnreadCounter } from '@cuepoint/contract';
import { count, percent } from '../../design/format/number.ts';

const words: Record<UnreadCounter, string> = {
  budget: 'budgets',
  pacing: 'pacing',
  frequency_cap: 'frequency caps',
};

/** "budgets, pacing and frequency caps" */
export function unreadWords(unread: readonly UnreadCounter[]): string {
  const names = unread.map((name) => words[name]);
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What the node reads at this moment, without a word about the moment of the decision. */
export function nowWords({ impressionsLeft, passRate, exposuresLeft }: Omit<CountersNow, 'at'>): string {
  return [
    impressionsLeft === null ? 'no limit of impressions' : `${count(impressionsLeft)} impressions left`,
    `${percent(passRate)} of requests let in`,
    ...(exposuresLeft === null ? [] : [`${count(exposuresLeft)} exposures left for this viewer`]),
  ].join(', ');
}
