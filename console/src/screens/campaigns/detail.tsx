import {
  getCampaign,
  getCampaignStats,
  getProfile,
  listCampaignCreatives,
  listDeployments,
} from '@cuepoint/contract';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { longTime } from '../../design/format/date.ts';
import { IdChip } from '../../design/id-chip.tsx';
import { Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCommands, useCrumbs } from '../../shell/page-context.tsx';
import { campaignWord } from '../../words.ts';
import { DeploymentDrawer } from '../deployments/drawer.tsx';
import { DeploymentsPanel } from '../deployments/panel.tsx';
import { Page } from '../page.tsx';
import { CampaignMenu } from './campaign-menu.tsx';
import { CreativesTab } from './creatives-tab.tsx';
import { EditDrawer } from './edit-drawer.tsx';
import { FlightsPanel } from './flights-panel.tsx';
import { History } from './history.tsx';
import { Overview } from './overview.tsx';
import { paceOf } from './pace.ts';
import { useStatusChange } from './status-change.ts';
import type { CampaignTab } from './tabs.ts';

const route = '/shell/campaigns/$campaignId';

export function CampaignDetailScreen() {
  const { campaignId } = useParams({ from: route });
  const { tab = 'overview', deployment } = useSearch({ from: route });
  const navigate = useNavigate({ from: '/campaigns/$campaignId' });
  const campaign = useRead(getCampaign, { campaignId });
  const stats = useRead(getCampaignStats, { campaignId });
  const creatives = useRead(listCampaignCreatives, { campaignId, limit: 200 });
  const deployments = useRead(listDeployments, { campaignId, limit: 200 });
  const profile = useRead(getProfile, {});
  const [editing, setEditing] = useState(false);
  useCrumbs([
    { label: 'Plan' },
    { label: 'Campaigns', to: '/campaigns' },
    { label: campaign.data?.name ?? campaignId },
  ]);
  const may = (permission: string) => profile.data?.permissions.includes(permission) ?? false;
  const mayWrite = may('campaigns:write');
  const data = campaign.data;
  const { moves, move, pending } = useStatusChange(
    data ?? { id: campaignId, name: campaignId, status: 'archived', version: 0 },
  );
  const openTab = (next: CampaignTab) =>
    void navigate({
      search: (next === 'overview' ? {} : { tab: next }) as { tab?: CampaignTab },
      replace: true,
    });
  const openDeployment = (id: string | undefined) =>
    void navigate({
      search: (current: { tab?: CampaignTab }) => ({
        ...(current.tab ? { tab: current.tab } : {}),
        ...(id ? { deployment: id } : {}),
      }),
      replace: true,
    });
  useCommands(
    mayWrite && data
      ? [
          ...moves.map((to) => ({
            id: `campaign ${to.status}`,
            group: 'Actions' as const,
            label: `${to.label} ${data.name}`,
            icon: to.icon,
            aside: 'serving follows at once',
            run: () => move(to.status),
          })),
          {
            id: 'campaign edit',
            group: 'Actions',
            label: `Edit ${data.name}`,
            icon: Pencil,
            keys: 'e',
            run: () => setEditing(true),
          },
        ]
      : [],
  );
  if (campaign.error && !data) {
    return (
      <Page title="Campaign">
        <Panel>
          <ReadFailed what="The campaign" error={campaign.error} onRetry={() => void campaign.refetch()} />
        </Panel>
      </Page>
    );
  }
  if (!data) {
    return (
      <Page title="Campaign">
        <Skeleton rows={8} />
      </Page>
    );
  }
  const word = campaignWord(data);
  const pace = paceOf(data);
  const off = word === 'Live' && pace.isOff;
  const flights = data.lineItems.flatMap((lineItem) => lineItem.flights).length;
  const deploymentsPanel = (detailed: boolean) => (
    <DeploymentsPanel
      detailed={detailed}
      deployments={deployments.data?.items}
      total={deployments.data?.total}
      error={deployments.error}
      onRetry={() => void deployments.refetch()}
      onOpen={openDeployment}
      selected={deployment}
    />
  );
  return (
    <Page
      title={data.name}
      beside={
        <>
          <Status word={word} boxed />
          {off && <Status word={pace.actual < pace.expected ? 'Under-pacing' : 'Over-pacing'} boxed />}
          {data.demo && <Status word="Simulated" as="Demo data" boxed />}
        </>
      }
      actions={
        mayWrite && (
          <>
            <Button icon={Pencil} onClick={() => setEditing(true)}>
              Edit
            </Button>
            {moves.slice(0, 1).map((to) => (
              <Button
                key={to.status}
                icon={to.icon}
                busy={pending}
                look={to.status === 'active' ? 'primary' : 'secondary'}
                onClick={() => move(to.status)}
              >
                {to.label}
              </Button>
            ))}
            <CampaignMenu campaign={data} onGone={() => void navigate({ to: '/campaigns' })} />
          </>
        )
      }
      sub={
        <>
          <IdChip id={data.id} />
          <span>
            {data.brandName} · {data.marketCode} · {data.channelCode}
          </span>
          <span>
            {longTime(data.startAt, data.timeZone)} to {longTime(Date.parse(data.endAt) - 1, data.timeZone)}{' '}
            {data.timeZone}
          </span>
          {data.description && <span className="max-w-100 truncate">{data.description}</span>}
        </>
      }
    >
      <Tabs
        label="Views of the campaign"
        className="-mt-2 flex flex-1 flex-col"
        listClassName="mb-3"
        value={tab}
        onChange={openTab}
        items={[
          {
            value: 'overview',
            label: 'Overview',
            content: (
              <Overview
                campaign={data}
                stats={stats.data}
                statsError={stats.error}
                creatives={creatives.data?.items}
                deployments={deploymentsPanel(false)}
                onOpenCreatives={() => openTab('creatives')}
              />
            ),
          },
          {
            value: 'flights',
            label: 'Flights',
            count: flights,
            content: <FlightsPanel campaign={data} detailed />,
          },
          {
            value: 'creatives',
            label: 'Creatives',
            count: creatives.data?.total ?? data.creativeCount,
            content: (
              <CreativesTab
                campaign={data}
                creatives={creatives.data?.items}
                error={creatives.error}
                onRetry={() => void creatives.refetch()}
                mayWrite={may('creatives:write')}
              />
            ),
          },
          {
            value: 'deployments',
            label: 'Deployments',
            count: deployments.data?.total,
            content: deploymentsPanel(true),
          },
          {
            value: 'history',
            label: 'History',
            content: <History entityId={data.id} allowed={may('audit:read')} />,
          },
        ]}
      />
      {deployment && (
        <DeploymentDrawer
          deploymentId={deployment}
          mayWrite={may('trafficking:write')}
          onClose={() => openDeployment(undefined)}
        />
      )}
      {editing && <EditDrawer campaign={data} onClose={() => setEditing(false)} />}
    </Page>
  );
}
