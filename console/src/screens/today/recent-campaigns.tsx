import type { Dashboard } from '@cuepoint/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { ListChecks } from 'lucide-react';
import { ShareBar } from '../../design/charts/small.tsx';
import { count, percent } from '../../design/format/number.ts';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import type { StatusWord } from '../../design/status-map.ts';
import { Table, Td, Th, Tr } from '../../design/table.tsx';

const words: Record<string, StatusWord> = {
  draft: 'Draft',
  active: 'Live',
  paused: 'Paused',
  completed: 'Completed',
  archived: 'Archived',
};

/** The campaigns that were made or changed last, with what they spent of their budget. */
export function RecentCampaigns({ dashboard }: { dashboard: Dashboard | undefined }) {
  const navigate = useNavigate();
  return (
    <Panel
      title="Recent campaigns"
      action={
        <Link to="/campaigns" className="link meta inline-flex min-h-6 items-center">
          All campaigns
        </Link>
      }
    >
      {!dashboard ? (
        <Skeleton />
      ) : dashboard.recentCampaigns.length === 0 ? (
        <EmptyState icon={ListChecks} title="No campaigns yet">
          The first one takes a brand, a market, a budget and two dates.
        </EmptyState>
      ) : (
        <Table
          label="Recent campaigns"
          columns={[104, null, { width: 104, wideOnly: true }, 124, { width: 92, wideOnly: true }, 150]}
          head={
            <>
              <Th>Status</Th>
              <Th>Campaign</Th>
              <Th right wideOnly>
                Impressions
              </Th>
              <Th right>Spent</Th>
              <Th right wideOnly>
                Budget
              </Th>
              <Th>Of budget</Th>
            </>
          }
        >
          {dashboard.recentCampaigns.map((campaign) => {
            const share = campaign.budgetMicros > 0 ? campaign.spentMicros / campaign.budgetMicros : 0;
            return (
              <Tr
                key={campaign.id}
                onOpen={() =>
                  void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } })
                }
              >
                <Td>
                  <Status word={words[campaign.status] ?? 'Draft'} />
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
                <Td right wideOnly>
                  {count(campaign.impressions)}
                </Td>
                <Td right>
                  <Money micros={campaign.spentMicros} currency={campaign.currency} />
                </Td>
                <Td right wideOnly>
                  <Money micros={campaign.budgetMicros} currency={campaign.currency} short />
                </Td>
                <Td>
                  <span className="flex items-center gap-2">
                    <ShareBar share={share} width={64} fill="var(--text-2)" />
                    <span className="w-13 text-right text-fg-2">{percent(share)}</span>
                  </span>
                </Td>
              </Tr>
            );
          })}
        </Table>
      )}
    </Panel>
  );
}
