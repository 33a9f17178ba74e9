import type { Explanation, ShownAd } from '@cuepoint/contract';
import { TriangleAlert } from 'lucide-react';
import { useTwin } from '../../design/charts/twin.tsx';
import { percent, shortSeconds } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { CueDot } from '../../design/mark.tsx';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState } from '../../design/states.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { categoryColours, mainCategory, offsetClock, podParts } from './pod-parts.ts';

/** The break as it plays: ads by length, their separation category, and what stayed unsold. */
export function PodPanel({ explanation }: { explanation: Explanation }) {
  const twin = useTwin('the break');
  const { pod, request } = explanation;
  const isBreak = request.isPod;
  const unsoldMs = isBreak ? Math.max(0, pod.durationMs - pod.filledMs) : 0;
  return (
    <Panel
      title={
        <span className="inline-flex items-center gap-2">
          {isBreak && <CueDot />}
          {isBreak ? 'Break' : 'Slot'}
        </span>
      }
      meta={
        <span className="truncate">
          {request.placementName}, {shortSeconds(pod.durationMs)}
          {isBreak && ' · colour bar is the separation category'}
        </span>
      }
      action={
        <>
          {unsoldMs > 0 && (
            <span className="flex items-center gap-1.25 text-sm font-medium text-warn">
              <Icon of={TriangleAlert} size="small" />
              {shortSeconds(unsoldMs)} unsold
            </span>
          )}
          <span className="meta text-fg-3">
            {isBreak
              ? `${shortSeconds(pod.filledMs)} of ${shortSeconds(pod.durationMs)} filled, ${method(pod)}`
              : `${pod.ads.length === 0 ? 'no ad' : shortSeconds(pod.filledMs)}`}
          </span>
          {twin.toggle}
        </>
      }
    >
      {twin.asTable ? (
        <AdTable label="Ads of the break" ads={pod.ads} />
      ) : pod.ads.length === 0 && !isBreak ? (
        <EmptyState title="No ad">The verdict above says why.</EmptyState>
      ) : (
        <Timeline pod={pod} isBreak={isBreak} />
      )}
      {pod.backups.length > 0 && (
        <div className="border-t border-line">
          <h3 className="px-3 pt-2 !text-sm text-fg-2">
            Back-ups, for an ad that fails: {pod.backups.length}
          </h3>
          <AdTable label="Back-ups" ads={pod.backups} />
        </div>
      )}
    </Panel>
  );
}

function method(pod: Explanation['pod']): string {
  return pod.gap > 0
    ? `${pod.method}, a better fill is worth at most ${percent(pod.gap, 2)} more`
    : `${pod.method}, no better fill exists`;
}

function Timeline({ pod, isBreak }: { pod: Explanation['pod']; isBreak: boolean }) {
  const parts = podParts(pod).filter((part) => isBreak || part.kind === 'ad');
  const colours = categoryColours(pod.ads);
  const whole = Math.max(
    1,
    parts.reduce((sum, part) => sum + part.durationMs, 0),
  );
  const end = parts.at(-1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="overflow-x-auto px-3 py-2.5" tabIndex={0} aria-label="Timeline of the break">
      <ol className="flex min-w-160">
        {parts.map((part) => (
          <li
            key={`${part.kind} ${part.startMs}`}
            className="min-w-0"
            style={{ width: `${(part.durationMs / whole) * 100}%` }}
          >
            {part.kind === 'ad' ? (
              <div
                className="flex h-10.5 min-w-0 border border-r-0 border-line bg-raised"
                title={`${part.ad.adDomain}, ${part.ad.creativeName}, ${mainCategory(part.ad)}, ${shortSeconds(part.durationMs)}`}
              >
                <span
                  aria-hidden="true"
                  className="w-1 flex-none"
                  style={{ background: `var(--chart-${colours.get(mainCategory(part.ad)) ?? 8})` }}
                />
                <span className="min-w-0 px-2 py-1 text-sm leading-4">
                  <span className="block truncate font-medium">
                    {part.ad.adDomain || part.ad.lineItemName}
                  </span>
                  <span className="block truncate text-fg-3">
                    {mainCategory(part.ad)}, {shortSeconds(part.durationMs)}
                  </span>
                </span>
              </div>
            ) : (
              <div
                className="h-10.5 border border-dashed border-block-line bg-block-tint px-2 py-1 text-sm leading-4"
                title={`${shortSeconds(part.durationMs)} unsold`}
              >
                <span className="block truncate font-medium text-block">Unsold</span>
                <span className="block truncate text-fg-2">{shortSeconds(part.durationMs)}</span>
              </div>
            )}
            <span className="meta block truncate text-fg-3">{offsetClock(part.startMs)}</span>
          </li>
        ))}
        {end && (
          <li aria-hidden="true" className="w-0 flex-none">
            <div className="h-10.5 border-l border-line" />
            <span className="meta absolute -translate-x-full pr-0.5 text-fg-3">
              {offsetClock(end.startMs + end.durationMs)}
            </span>
          </li>
        )}
      </ol>
    </section>
  );
}

function AdTable({ label, ads }: { label: string; ads: readonly ShownAd[] }) {
  return (
    <Table
      label={label}
      columns={[52, 64, 96, null, null, { width: 120, wideOnly: true }, 120]}
      head={
        <>
          <Th right>No.</Th>
          <Th right>Start</Th>
          <Th right>Length</Th>
          <Th>Advertiser, creative</Th>
          <Th>Line item</Th>
          <Th wideOnly>Category</Th>
          <Th right>CPM</Th>
        </>
      }
    >
      {ads.map((ad) => (
        <Tr key={`${ad.position} ${ad.creativeId}`}>
          <Td right>{ad.position}</Td>
          <Td right>{offsetClock(ad.startMs)}</Td>
          <Td right>{shortSeconds(ad.durationMs)}</Td>
          <Td title={ad.creativeName}>
            {ad.adDomain} <span className="text-fg-3">{ad.creativeName}</span>
          </Td>
          <Td title={ad.lineItemName}>{ad.lineItemName}</Td>
          <Td wideOnly>{mainCategory(ad)}</Td>
          <Td right>
            <Money micros={ad.priceMicros} currency={ad.currency} />
          </Td>
        </Tr>
      ))}
    </Table>
  );
}
