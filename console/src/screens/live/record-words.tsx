import type { LoggedEvent, TailRecord } from '@cuepoint/contract';
import {
  CircleCheck,
  CirclePlay,
  Eye,
  type LucideIcon,
  MousePointerClick,
  OctagonX,
  Radio,
  SkipForward,
  Volume2,
} from 'lucide-react';
import { reasonSentence } from '../../delivery-words.ts';
import { cx } from '../../design/cx.ts';
import { Icon } from '../../design/icon.tsx';
import { deliveryEventWord, invalidTrafficWord } from '../../words.ts';

const icons: Readonly<Record<string, LucideIcon>> = {
  request: Radio,
  impression: Eye,
  complete: CircleCheck,
  error: OctagonX,
  click: MousePointerClick,
  skip: SkipForward,
  mute: Volume2,
  unmute: Volume2,
};

/** "Request" or the word of an event, with its icon; what went wrong is red, what does not count is quiet. */
export function RecordWord({ name, bad, quiet }: { name: string; bad: boolean; quiet: boolean }) {
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 whitespace-nowrap',
        bad ? 'text-block' : quiet ? 'text-fg-3' : undefined,
      )}
    >
      <Icon of={icons[name] ?? CirclePlay} size="small" />
      {name === 'request' ? 'Request' : (deliveryEventWord[name] ?? name)}
    </span>
  );
}

const unbilledWords: Readonly<Record<string, string>> = {
  budget_exhausted: 'not billed: the budget was spent',
  line_item_unknown: 'not billed: the line item was not known',
  invalid_traffic: 'not billed',
};

/** What is remarkable about an event, in words; empty when nothing is. */
export function remarksOf(
  event: Pick<LoggedEvent, 'duplicate' | 'late' | 'invalid' | 'unbilled' | 'errorCode'>,
): string {
  return [
    event.errorCode !== null && `VAST error ${event.errorCode}`,
    event.duplicate && 'duplicate',
    event.late && 'late',
    event.invalid !== null &&
      `invalid: ${(invalidTrafficWord[event.invalid] ?? event.invalid).toLowerCase()}`,
    event.unbilled !== null && (unbilledWords[event.unbilled] ?? `not billed: ${event.unbilled}`),
  ]
    .filter(Boolean)
    .join(', ');
}

/** What a request got, or why nothing; of an event what is remarkable. */
export function detailOf(record: TailRecord): string {
  if (record.kind === 'event') return remarksOf(record);
  if (record.reason !== null) return `no ad: ${reasonSentence(record.reason)}`;
  const ads = `${record.ads.length} ${record.ads.length === 1 ? 'ad' : 'ads'}`;
  return record.backups === 0 ? ads : `${ads}, ${record.backups} back-ups`;
}

export const isBad = (record: TailRecord): boolean =>
  record.kind === 'request' ? record.reason !== null : record.event === 'error';

/** Counts nothing: seen before, or of no viewer. */
export const isQuiet = (record: TailRecord): boolean =>
  record.kind === 'event' && (record.duplicate || record.invalid !== null);
