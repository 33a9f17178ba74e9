import type { Campaign } from '@cuepoint/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { useRef } from 'react';
import { PacingBar } from '../../design/charts/small.tsx';
import { cx } from '../../design/cx.ts';
import { DayRange } from '../../design/date-time.tsx';
import { count, percent } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { Money } from '../../design/money.tsx';
import { Status } from '../../design/status.tsx';
import { type SortDirection, Table, Td, Th, Tr } from '../../design/table.tsx';
import { useRowWalk } from '../../shell/use-row-walk.ts';
import { campaignWord } from '../../words.ts';
import { CampaignMenu } from './campaign-menu.tsx';
import { paceOf } from './pace.ts';
import type { CampaignSort } from './search.ts';

const none = <span className="text-fg-3">·</span>;

export function CampaignTable({
  campaigns,
  sort,
  order,
  onSort,
  mayWrite,
}: {
  campaigns: readonly Campaign[];
  sort: CampaignSort;
  order: SortDirection;
  onSort: (key: CampaignSort) => void;
  mayWrite: boolean;
}) {
  const navigate = useNavigate();
  const table = useRef<HTMLDivElement>(null);
  useRowWalk(table, 'tbody a');
  const sorted = (key: CampaignSort) => (sort === key ? order : undefined);
  const wide = (width: number) => ({ width, wideOnly: true }) as const;
  return (
    <div ref={table}>
      <Table
        label="Campaigns"
        className="min-w-[680px] [&_thead]:sticky [&_thead]:top-0 [&_thead]:z-10"
        columns={[100, null, wide(92), wide(54), wide(160), 80, 118, 130, wide(80), wide(56), 64, 36]}
        head={
          <>
            <Th>Status</Th>
            <Th sorted={sorted('name')} onSort={() => onSort('name')}>
              Campaign
            </Th>
            <Th wideOnly>Brand</Th>
            <Th wideOnly>Market</Th>
            <Th wideOnly sorted={sorted('startAt')} onSort={() => onSort('startAt')}>
              Dates, zone
            </Th>
            <Th right sorted={sorted('budgetMicros')} onSort={() => onSort('budgetMicros')}>
              Budget
            </Th>
            <Th right>Spent</Th>
            <Th>Pacing</Th>
            <Th right wideOnly>
              Impressions
            </Th>
            <Th right wideOnly>
              VCR
            </Th>
            <Th>Checks</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </>
        }
      >
        {campaigns.map((campaign) => {
          const pace = paceOf(campaign);
          const word = campaignWord(campaign);
          const off = word === 'Live' && pace.isOff;
          return (
            <Tr
              key={campaign.id}
              onOpen={() =>
                void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } })
              }
            >
              <Td>
                <Status word={word} />
              </Td>
              <Td className="font-medium !font-stretch-[86%]">
                <Link
                  to="/campaigns/$campaignId"
                  params={{ campaignId: campaign.id }}
                  title={campaign.name}
                  className="rounded-md hover:text-accent-text"
                >
                  {campaign.name}
                </Link>
              </Td>
              <Td wideOnly className="text-fg-2" title={campaign.brandName}>
                {campaign.brandName}
              </Td>
              <Td wideOnly>{campaign.marketCode}</Td>
              <Td wideOnly>
                <DayRange from={campaign.startAt} until={campaign.endAt} zone={campaign.timeZone} />
              </Td>
              <Td right>
                <Money micros={campaign.budgetMicros} currency={campaign.currency} short />
              </Td>
              <Td right className={campaign.spentMicros === 0 ? 'text-fg-3' : undefined}>
                <Money micros={campaign.spentMicros} currency={campaign.currency} />
              </Td>
              <Td>
                {pace.ratio === null ? (
                  <span className="block w-31 pr-1 text-right">{none}</span>
                ) : (
                  <span className="flex items-center gap-2">
                    <PacingBar actual={pace.actual} expected={pace.expected} off={pace.isOff} />
                    <span className={cx('w-13 text-right', off ? 'font-medium text-warn' : 'text-fg-2')}>
                      {percent(pace.ratio)}
                    </span>
                  </span>
                )}
              </Td>
              <Td right wideOnly className={campaign.impressions === 0 ? 'text-fg-3' : undefined}>
                {count(campaign.impressions)}
              </Td>
              <Td right wideOnly>
                {campaign.impressions > 0 ? percent(campaign.completes / campaign.impressions) : none}
              </Td>
              <Td>
                {campaign.blockingFindings > 0 ? (
                  <Status word="Blocked" as={String(campaign.blockingFindings)} />
                ) : campaign.creativeCount === 0 ? (
                  <span title="No creatives yet">
                    <Status word="Warning" as="none" />
                  </span>
                ) : (
                  <span className="text-fg-3" title="No blocking findings">
                    <Icon of={Check} />
                    <span className="sr-only">No blocking findings</span>
                  </span>
                )}
              </Td>
              <Td className="!overflow-visible !px-1">{mayWrite && <CampaignMenu campaign={campaign} />}</Td>
            </Tr>
          );
        })}
      </Table>
    </div>
  );
}
