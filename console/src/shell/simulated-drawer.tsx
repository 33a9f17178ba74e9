import { loadDemo, removeDemo, type SystemStatus } from '@cuepoint/contract';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useChange } from '../api.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Drawer } from '../design/drawer.tsx';
import { Note } from '../design/note.tsx';
import { SimulatedMark, Status } from '../design/status.tsx';
import { useToast } from '../design/toast.tsx';
import { Problem } from '../problem.tsx';

/** Which partners are stood in for and why, and the demo data with its way out. */
export function SimulatedDrawer({
  open,
  onClose,
  status,
  mayAdminister,
}: {
  open: boolean;
  onClose: () => void;
  status: SystemStatus;
  mayAdminister: boolean;
}) {
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const remove = useChange(removeDemo, ({ removed }) => {
    setAsking(false);
    const rows = Object.values(removed).reduce((sum, rowCount) => sum + rowCount, 0);
    toast({ text: `Demo data removed, ${rows} rows` });
  });
  const load = useChange(loadDemo, ({ campaigns, creatives }) =>
    toast({ text: `Demo data loaded: ${campaigns} campaigns, ${creatives} creatives` }),
  );
  return (
    <>
      <Drawer open={open} onClose={onClose} title={<h2>What is simulated</h2>}>
        {status.simulatedPlatforms.length === 0 ? (
          <p className="text-fg-2">Nothing: every configured partner is the real one.</p>
        ) : (
          <ul className="divide-y divide-line">
            {status.simulatedPlatforms.map((platform) => (
              <li key={platform.id} className="py-2">
                <div className="flex items-center gap-2">
                  <b className="font-medium">{platform.name}</b>
                  <SimulatedMark boxed />
                </div>
                <p className="text-fg-2">{platform.why}</p>
              </li>
            ))}
          </ul>
        )}
        <Note tone="ok" title="Real" className="mt-3">
          The ad server, its event log, quality control, VAST and every figure derived from them.
        </Note>
        <h3 className="mt-5 mb-1">Demo data</h3>
        <p className="text-fg-2">
          {status.demo.loaded
            ? 'Campaigns, creatives and delivery marked as demo are loaded in this account.'
            : 'No demo data is loaded in this account.'}
        </p>
        {mayAdminister ? (
          <div className="mt-2">
            {status.demo.loaded ? (
              <Button look="danger" icon={Trash2} onClick={() => setAsking(true)}>
                Remove demo data
              </Button>
            ) : (
              <Button busy={load.isPending} onClick={() => load.mutate({ input: {} })}>
                Load demo data
              </Button>
            )}
          </div>
        ) : (
          <p className="mt-2 text-sm text-fg-3">Only an admin of the account can load or remove it.</p>
        )}
        {load.error && <Problem error={load.error} className="mt-2" />}
      </Drawer>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Remove the demo data?"
        foot={
          <>
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button
              look="danger"
              icon={Trash2}
              busy={remove.isPending}
              onClick={() => remove.mutate({ input: {} })}
            >
              Remove demo data
            </Button>
          </>
        }
      >
        <p>
          Everything marked as demo goes, with its delivery and history. What you made yourself stays.{' '}
          <Status word="Info" as="It can be loaded again." />
        </p>
        {remove.error && <Problem error={remove.error} className="mt-3" />}
      </Dialog>
    </>
  );
}
