import { cx } from './cx.ts';
import { Icon } from './icon.tsx';
import { type StatusWord, statusMap, toneBox, toneText } from './status-map.ts';

/** A state said three ways: icon, word, colour. Boxed only in page heads and drawers. */
export function Status({ word, as, boxed }: { word: StatusWord; as?: string | undefined; boxed?: boolean }) {
  const [tone, icon] = statusMap[word];
  return (
    <span
      data-status=""
      className={cx(
        'inline-flex items-center gap-1.25 align-middle text-sm font-medium font-stretch-[92%] whitespace-nowrap',
        toneText[tone],
        boxed && 'h-5 rounded-md border px-1.5',
        boxed && toneBox[tone],
      )}
    >
      <Icon of={icon} size="small" />
      {as ?? word}
    </span>
  );
}

/** The mark beside whatever a stand-in partner answered. */
export function SimulatedMark({ worded, boxed }: { worded?: boolean; boxed?: boolean }) {
  if (worded || boxed) return <Status word="Simulated" boxed={boxed ?? false} />;
  const [, icon] = statusMap.Simulated;
  return (
    <span className="text-sim" title="Simulated: answered by the local sandbox, not by the real partner">
      <Icon of={icon} size="small" className="inline align-[-2px]" />
      <span className="sr-only">Simulated</span>
    </span>
  );
}
