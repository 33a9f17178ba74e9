import { type Campaign, deleteCampaign } from '@cuepoint/contract';
import { useNavigate } from '@tanstack/react-router';
import { Archive, Ellipsis, ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { useChange } from '../../api.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Menu } from '../../design/menu.tsx';
import { useToast } from '../../design/toast.tsx';
import { Problem } from '../../problem.tsx';
import { useStatusChange } from './status-change.ts';

/** Quick actions of one campaign: open, start or pause, archive. */
export function CampaignMenu({
  campaign,
  onGone,
}: {
  campaign: Pick<Campaign, 'id' | 'name' | 'status' | 'version'>;
  onGone?: () => void;
}) {
  const navigate = useNavigate();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const { moves, move } = useStatusChange(campaign);
  const remove = useChange(deleteCampaign, ({ outcome }) => {
    setAsking(false);
    toast({ text: outcome === 'deleted' ? `${campaign.name} deleted` : `${campaign.name} archived` });
    onGone?.();
  });
  return (
    <>
      <Menu
        label={`Actions for ${campaign.name}`}
        trigger={<IconButton icon={Ellipsis} size="sm" label={`Actions for ${campaign.name}`} />}
        groups={[
          [
            {
              label: 'Open',
              icon: ExternalLink,
              onSelect: () =>
                void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } }),
            },
            ...moves.map((to) => ({ label: to.label, icon: to.icon, onSelect: () => move(to.status) })),
          ],
          [{ label: 'Archive or delete', icon: Archive, onSelect: () => setAsking(true) }],
        ]}
      />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Archive ${campaign.name}?`}
        foot={
          <>
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button
              look="danger"
              icon={Archive}
              busy={remove.isPending}
              onClick={() => remove.mutate({ input: { campaignId: campaign.id } })}
            >
              Archive or delete
            </Button>
          </>
        }
      >
        <p>
          A campaign that never ran is deleted. One with history is archived: it stops serving and stays in
          reports and in the audit trail.
        </p>
        {remove.error && <Problem error={remove.error} className="mt-3" />}
      </Dialog>
    </>
  );
}
