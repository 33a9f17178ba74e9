import type { Dashboard } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import {
  BadgeCheck,
  CalendarClock,
  Film,
  ListChecks,
  type LucideIcon,
  Rocket,
  SearchCheck,
  Wrench,
} from 'lucide-react';
import { buttonClass } from '../../design/button.tsx';
import { span } from '../../design/format/date.ts';
import { Icon } from '../../design/icon.tsx';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { SimulatedMark, Status } from '../../design/status.tsx';
import { type StatusWord, statusMap, toneText } from '../../design/status-map.ts';

type Item = Dashboard['attention'][number];

/** For each kind: its state, and the one next step beside it. */
const kinds: Record<Item['kind'], { word: StatusWord; step: string; icon: LucideIcon }> = {
  creative_rejected: { word: 'Rejected', step: 'Open creative', icon: Film },
  qc_blocking: { word: 'QC fail', step: 'See findings', icon: Wrench },
  deployment_failed: { word: 'Failed', step: 'See attempts', icon: Rocket },
  deployment_rejected: { word: 'Rejected', step: 'See review', icon: Rocket },
  under_pacing: { word: 'Under-pacing', step: 'Open pacing', icon: SearchCheck },
  over_pacing: { word: 'Over-pacing', step: 'Open pacing', icon: SearchCheck },
  ending_soon: { word: 'Ending soon', step: 'Open dates', icon: CalendarClock },
  waiting_for_approval: { word: 'In review', step: 'Review', icon: BadgeCheck },
  no_approved_creative: { word: 'Blocked', step: 'Add creative', icon: ListChecks },
};

const groups = [
  { severity: 'block', name: 'Blocking now', tone: 'block' },
  { severity: 'warn', name: 'Will miss its goal', tone: 'warn' },
  { severity: 'info', name: 'Waiting for you', tone: 'info' },
] as const;

/** Rows with their reason, the money at stake and one button. */
export function Attention({ items, now }: { items: readonly Item[] | undefined; now: string | undefined }) {
  return (
    <Panel
      title="Needs attention"
      meta={items && items.length > 0 ? <span className="text-md">{items.length}</span> : undefined}
      action={<span className="meta text-fg-3">Money at risk</span>}
    >
      {!items ? (
        <Skeleton rows={6} />
      ) : items.length === 0 ? (
        <EmptyState icon={statusMap.Approved[1]} title="Nothing needs attention">
          Rejections, failures, pacing and approvals appear here with their next step.
        </EmptyState>
      ) : (
        groups.map((group) => {
          const rows = items.filter((item) => item.severity === group.severity);
          return (
            rows.length > 0 && (
              <section
                key={group.severity}
                aria-label={group.name}
                className="border-b border-line last:border-0"
              >
                <h3 className="flex h-6 items-center gap-1.5 border-b border-line bg-bg px-3 !text-sm !font-medium">
                  <span className={toneText[group.tone]}>{group.name}</span>
                  <span className="text-fg-3">{rows.length}</span>
                </h3>
                <ul>
                  {rows.map((item) => (
                    <Row key={`${item.kind} ${item.target.id}`} item={item} now={now} />
                  ))}
                </ul>
              </section>
            )
          );
        })
      )}
    </Panel>
  );
}

function Row({ item, now }: { item: Item; now: string | undefined }) {
  const kind = kinds[item.kind];
  const age = now ? Date.parse(now) - Date.parse(item.since) : 0;
  return (
    <li className="grid min-h-11 grid-cols-[108px_minmax(0,1fr)_104px_44px_116px] items-center gap-3 border-b border-line px-3 leading-4.5 last:border-0 hover:bg-hover max-wide:grid-cols-[112px_minmax(0,1fr)_96px_112px]">
      <span>
        <Status word={kind.word} />
      </span>
      <div className="min-w-0">
        <div className="truncate font-medium" title={item.title}>
          {item.title} {item.simulated && <SimulatedMark />}
        </div>
        <div className="meta truncate text-fg-3" title={item.detail}>
          {item.detail}
        </div>
      </div>
      <span className="text-right">
        {item.money && <Money micros={item.money.micros} currency={item.money.currency} />}
      </span>
      <span className="meta text-right whitespace-nowrap text-fg-3 max-wide:hidden">{now && span(age)}</span>
      <TargetLink item={item} step={kind.step} icon={kind.icon} />
    </li>
  );
}

function TargetLink({ item, step, icon }: { item: Item; step: string; icon: LucideIcon }) {
  const look = `${buttonClass('secondary', 'sm')} justify-start`;
  const label = `${step}: ${item.title}`;
  const content = (
    <>
      <Icon of={icon} /> {step}
    </>
  );
  switch (item.target.kind) {
    case 'campaign':
      return (
        <Link
          to="/campaigns/$campaignId"
          params={{ campaignId: item.target.id }}
          search={item.kind === 'no_approved_creative' ? { tab: 'creatives' } : {}}
          aria-label={label}
          className={look}
        >
          {content}
        </Link>
      );
    case 'creative':
      return (
        <Link
          to="/creatives/$creativeId"
          params={{ creativeId: item.target.id }}
          aria-label={label}
          className={look}
        >
          {content}
        </Link>
      );
    case 'deployment':
      return (
        <Link
          to="/deployments/$deploymentId"
          params={{ deploymentId: item.target.id }}
          aria-label={label}
          className={look}
        >
          {content}
        </Link>
      );
  }
}
