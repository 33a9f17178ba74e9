import { getDelivery, getLineItem, getProfile } from '@cuepoint/contract';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { CirclePlay, Pause, Pencil, SearchCheck } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api.ts';
import { Button, buttonClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { IdChip } from '../../design/id-chip.tsx';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCommands, useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { LossPanel } from '../why/history/loss-panel.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { CreativesPanel } from './creatives-panel.tsx';
import { DeliveryPanel } from './delivery-panel.tsx';
import { FlightsPanel } from './flights-panel.tsx';
import { lineItemPace } from './pace.ts';
import { PacingCurve } from './pacing-curve.tsx';
import { RulesDrawer } from './rules-drawer.tsx';
import { RulesPanel } from './rules-panel.tsx';
import { TargetingPanel } from './targeting-panel.tsx';
import { useLineItemEdit } from './use-line-item-edit.ts';
import { lineItemWord, typeWords } from './words.ts';

/** How often the delivery plane is asked for what no event announces. */
const deliveryEveryMs = 10_000;

/** One line item: what it delivers, whom it is for, what holds it back, and what it shows. */
export function LineItemDetail() {
  const { lineItemId } = useParams({ from: '/shell/line-items/$lineItemId' });
  const navigate = useNavigate();
  const lineItem = useRead(getLineItem, { lineItemId });
  const delivery = useRead(getDelivery, { lineItemId }, { everyMs: deliveryEveryMs });
  const profile = useRead(getProfile, {});
  const { save, saving, conflict, closeConflict } = useLineItemEdit();
  const [editing, setEditing] = useState(false);
  const data = lineItem.data;
  useCrumbs([
    { label: 'Plan' },
    { label: 'Line items', to: '/line-items' },
    { label: data?.name ?? lineItemId },
  ]);
  const mayWrite = profile.data?.permissions.includes('campaigns:write') ?? false;
  useCommands(
    mayWrite && data
      ? [
          {
            id: 'line item edit',
            group: 'Actions',
            label: `Edit ${data.name}`,
            icon: Pencil,
            keys: 'e',
            run: () => setEditing(true),
          },
        ]
      : [],
  );
  if (!data) {
    return (
      <Page title="Line item">
        <Panel>
          {lineItem.error ? (
            <ReadFailed what="The line item" error={lineItem.error} onRetry={() => void lineItem.refetch()} />
          ) : (
            <Skeleton rows={8} />
          )}
        </Panel>
      </Page>
    );
  }
  const word = lineItemWord(data);
  const pace = lineItemPace(data);
  const off = word === 'Live' && pace?.isOff === true;
  const isActive = data.status === 'active';
  const busy = saving === data.id;
  return (
    <Page
      title={data.name}
      beside={
        <>
          <Status word={word} boxed />
          {off && pace && (
            <Status word={pace.actual < pace.expected ? 'Under-pacing' : 'Over-pacing'} boxed />
          )}
          {data.demo && <Status word="Simulated" as="Demo data" boxed />}
        </>
      }
      actions={
        <>
          <Link to="/why" search={{ tab: 'preview', li: data.id }} className={buttonClass('secondary')}>
            <Icon of={SearchCheck} /> Why
          </Link>
          {mayWrite && (
            <>
              <Button icon={Pencil} onClick={() => setEditing(true)}>
                Edit
              </Button>
              {data.status !== 'completed' && (
                <Button
                  icon={isActive ? Pause : CirclePlay}
                  busy={busy}
                  look={isActive ? 'secondary' : 'primary'}
                  onClick={() =>
                    void save(
                      data,
                      { status: isActive ? 'paused' : 'active' },
                      isActive ? 'is paused' : 'is active',
                    )
                  }
                >
                  {isActive ? 'Pause' : data.status === 'draft' ? 'Start' : 'Resume'}
                </Button>
              )}
            </>
          )}
        </>
      }
      sub={
        <>
          <IdChip id={data.id} />
          <Link
            to="/campaigns/$campaignId"
            params={{ campaignId: data.campaignId }}
            search={{ tab: 'flights' }}
            className="link"
          >
            {data.campaignName}
          </Link>
          <span>
            {typeWords[data.type]}, priority {data.priority} of 16
          </span>
          <span>
            {data.priceModel === 'flat' && data.flatMicros !== null && (
              <>
                <Money micros={data.flatMicros} currency={data.currency} short /> flat,{' '}
              </>
            )}
            {data.priceModel === 'flat' ? 'ranks as CPM ' : 'CPM '}
            <Money micros={data.cpmMicros} currency={data.currency} short />
            {data.sharePercent !== null && `, ${data.sharePercent} % of eligible requests`}
          </span>
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)_360px] items-start gap-2.5 max-wide:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-2.5">
          <PacingCurve
            lineItem={data}
            delivery={delivery.data}
            error={delivery.error}
            onRetry={() => void delivery.refetch()}
          />
          <LossPanel
            lineItemId={data.id}
            day={undefined}
            onDay={(day) =>
              void navigate({ to: '/why', search: { tab: 'history', li: data.id, ...(day ? { day } : {}) } })
            }
          />
          <FlightsPanel lineItem={data} mayWrite={mayWrite} />
          <CreativesPanel key={data.version} lineItem={data} mayWrite={mayWrite} />
        </div>
        <div className="flex min-w-0 flex-col gap-2.5">
          <DeliveryPanel
            delivery={delivery.data}
            error={delivery.error}
            onRetry={() => void delivery.refetch()}
          />
          <TargetingPanel
            lineItem={data}
            mayWrite={mayWrite}
            busy={busy}
            onSave={(targeting) => save(data, { targeting }, 'targeting is changed')}
          />
          <RulesPanel lineItem={data} />
        </div>
      </div>
      {editing && <RulesDrawer lineItem={data} onClose={() => setEditing(false)} />}
      <ConflictDialog
        conflict={conflict}
        onClose={closeConflict}
        onMine={(theirs, patch) => void save(theirs, patch, 'changed')}
      />
    </Page>
  );
}
