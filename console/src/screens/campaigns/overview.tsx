import type { CampaignDetail, CampaignStats, Creative } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { Film } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ApiError } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { moneyShort, moneyText } from '../../design/format/money.ts';
import { count, percent, seconds } from '../../design/format/number.ts';
import { Figure, Money } from '../../design/money.tsx';
import { KpiStrip, Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { approvalWord } from '../../words.ts';
import { Thumb } from '../thumb.tsx';
import { FlightsPanel } from './flights-panel.tsx';
import { InvalidTrafficPanel } from './invalid-traffic-panel.tsx';
import { neededADay, paceOf } from './pace.ts';
import { PacingPanel } from './pacing-panel.tsx';

/** Budget progress in figures, pacing as a curve, flights; creatives and deployments at the right. */
export function Overview({
  campaign,
  stats,
  statsError,
  creatives,
  deployments,
  onOpenCreatives,
}: {
  campaign: CampaignDetail;
  stats: CampaignStats | undefined;
  statsError: ApiError | null;
  creatives: readonly Creative[] | undefined;
  deployments: ReactNode;
  onOpenCreatives: () => void;
}) {
  const { currency } = campaign;
  const pace = paceOf(campaign);
  const needed = neededADay(campaign, Date.now());
  const money = (micros: number) => <Money micros={micros} currency={currency} />;
  return (
    <div className="flex flex-col gap-3">
      <KpiStrip
        label="Figures of the campaign"
        items={[
          {
            label: 'Spent',
            value: money(campaign.spentMicros),
            detail: `of ${moneyText(campaign.budgetMicros, currency)} · ${percent(pace.actual)}`,
          },
          {
            label: 'Expected by now',
            value: money(campaign.expectedMicros),
            detail:
              pace.ratio === null
                ? 'pacing plan, not started'
                : `pacing plan, ${percent(pace.ratio)} of it spent`,
          },
          {
            label: 'Remaining',
            value: money(campaign.budgetMicros - campaign.spentMicros),
            detail: needed === null ? 'nothing to spend' : `needs ${moneyText(needed, currency)} a day`,
          },
          {
            label: 'Impressions',
            value: count(campaign.impressions),
            detail:
              stats?.effectiveCpmMicros == null
                ? 'no eCPM yet'
                : `eCPM ${moneyText(stats.effectiveCpmMicros, stats.currency)}`,
          },
          {
            label: 'Completion',
            value:
              stats?.completionRate == null ? (
                <span className="text-md font-regular text-fg-3">none yet</span>
              ) : (
                <Figure value={(stats.completionRate * 100).toFixed(1)} unit="%" />
              ),
            detail: stats ? `${count(stats.totals.completes)} completed` : undefined,
          },
          {
            label: 'Clicks',
            value: stats ? count(stats.totals.clicks) : '',
            detail:
              stats && stats.totals.impressions > 0
                ? `${percent(stats.totals.clicks / stats.totals.impressions, 2)} of impressions`
                : undefined,
          },
        ]}
      />
      <div className="grid grid-cols-[minmax(0,1fr)_360px] items-start gap-3 max-wide:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-3">
          <PacingPanel campaign={campaign} stats={stats} error={statsError} />
          <FlightsPanel campaign={campaign} />
          {stats && <InvalidTrafficPanel rows={stats.invalidTraffic} />}
        </div>
        <div className="flex min-w-0 flex-col gap-3 max-wide:grid max-wide:grid-cols-2 max-wide:items-start">
          <Panel
            title="Creatives"
            meta={creatives ? <span className="text-md">{creatives.length}</span> : undefined}
            action={
              <button type="button" className="link meta min-h-6" onClick={onOpenCreatives}>
                All creatives
              </button>
            }
          >
            {!creatives ? (
              <Skeleton rows={3} />
            ) : creatives.length === 0 ? (
              <EmptyState
                icon={Film}
                title="No creatives yet"
                action={<Button onClick={onOpenCreatives}>Add one</Button>}
              >
                Nothing is served until one is approved.
              </EmptyState>
            ) : (
              <ul>
                {creatives.slice(0, 6).map((creative) => (
                  <CreativeRow key={creative.id} creative={creative} stats={stats} />
                ))}
              </ul>
            )}
          </Panel>
          {deployments}
        </div>
      </div>
      <p className="sr-only">Budget {moneyShort(campaign.budgetMicros, currency)}</p>
    </div>
  );
}

function CreativeRow({ creative, stats }: { creative: Creative; stats: CampaignStats | undefined }) {
  const delivered = stats?.byCreative.find((row) => row.creativeId === creative.id)?.impressions ?? 0;
  const all = stats?.totals.impressions ?? 0;
  return (
    <li className="flex h-11 items-center gap-2.5 border-b border-line px-3 last:border-0">
      <Thumb url={creative.thumbnailUrl} />
      <div className="min-w-0 flex-1 leading-4">
        <Link
          to="/creatives/$creativeId"
          params={{ creativeId: creative.id }}
          className="block truncate rounded-md font-medium hover:text-accent-text"
        >
          {creative.name}
        </Link>
        <div className="truncate text-sm">
          <Status word={creative.status === 'processing' ? 'Processing' : approvalWord[creative.approval]} />{' '}
          {creative.durationMs !== null && <span className="text-fg-3">{seconds(creative.durationMs)}</span>}
        </div>
      </div>
      {all > 0 && (
        <div className="flex-none text-right leading-4">
          {percent(delivered / all, 0)}
          <div className="meta text-fg-3">of delivery</div>
        </div>
      )}
    </li>
  );
}
