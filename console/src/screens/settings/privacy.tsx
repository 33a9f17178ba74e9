import { getProfile, listErasures, type ViewerErasure } from '@cuepoint/contract';
import { UserX } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { DateTime } from '../../design/date-time.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { EraseDrawer } from './erase-drawer.tsx';
import { ErasurePlaces } from './erasure-places.tsx';
import { erasureStates, viewerIdWords } from './words.ts';

/** Requests are carried out within minutes; then they wait for logs. */
const askEveryMs = (pending: boolean) => (pending ? 3000 : 60_000);

/** Requests of viewers to be forgotten: made here, and followed to their end. */
export function Privacy() {
  useCrumbs([{ label: 'Settings' }, { label: 'Privacy' }]);
  const [isOpen, setOpen] = useState(false);
  const profile = useRead(getProfile, {});
  const may = profile.data?.permissions.includes('privacy:administer') ?? false;
  const list = useRead(
    listErasures,
    { limit: 100 },
    {
      enabled: may,
      everyMs: (data) => askEveryMs(data?.items.some(({ state }) => state === 'pending') ?? false),
    },
  );
  const start = (
    <Button look="primary" icon={UserX} onClick={() => setOpen(true)}>
      Erase a viewer
    </Button>
  );
  return (
    <Page
      title="Privacy"
      actions={may && start}
      sub={
        <span>
          Ids of viewers are hashed at the nodes and never stored. Erasing a viewer changes no count and no
          spend.
        </span>
      }
    >
      {profile.data && !may ? (
        <EmptyState icon={UserX} title="For administrators">
          Requests for erasure are seen and made by who administers privacy in this account.
        </EmptyState>
      ) : list.error && !list.data ? (
        <ReadFailed what="Requests for erasure" error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <Skeleton rows={6} />
      ) : list.data.items.length === 0 ? (
        <EmptyState icon={UserX} title="No request for erasure yet" action={start}>
          When a viewer asks to be forgotten, it is done and followed here.
        </EmptyState>
      ) : (
        <Requests items={list.data.items} total={list.data.total} />
      )}
      {isOpen && <EraseDrawer onClose={() => setOpen(false)} onErased={() => setOpen(false)} />}
    </Page>
  );
}

function Requests({ items, total }: { items: readonly ViewerErasure[]; total: number }) {
  const [openId, setOpenId] = useState<string | null>(null);
  const open = items.find(({ id }) => id === openId) ?? items[0]!;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_360px] items-start gap-3 max-wide:grid-cols-1">
      <Panel title="Requests for erasure" meta={`${total}`}>
        <Table
          label="Requests for erasure"
          columns={[null, { width: 190, wideOnly: true }, 180, 190]}
          head={
            <>
              <Th>Reference</Th>
              <Th wideOnly>Kind of id</Th>
              <Th>Requested</Th>
              <Th>State</Th>
            </>
          }
        >
          {items.map((one) => {
            const [word, as] = erasureStates[one.state];
            return (
              <Tr key={one.id} selected={one.id === open.id}>
                <Td>
                  <Button look="quiet" onClick={() => setOpenId(one.id)}>
                    {one.reference || one.id}
                  </Button>
                </Td>
                <Td wideOnly>{viewerIdWords[one.kind]}</Td>
                <Td>
                  <DateTime at={one.requestedAt} />
                </Td>
                <Td>
                  <Status word={word} as={as} />
                </Td>
              </Tr>
            );
          })}
        </Table>
      </Panel>
      <Panel title={open.reference || open.id} meta={`by ${open.requestedBy}`} bodyClassName="p-3">
        <ErasurePlaces erasure={open} />
      </Panel>
    </div>
  );
}
