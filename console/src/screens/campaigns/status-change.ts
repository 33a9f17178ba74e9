import { type Campaign, setCampaignStatus } from '@cuepoint/contract';
import { CirclePlay, type LucideIcon, Pause, SquareCheck } from 'lucide-react';
import { useChange } from '../../api.ts';
import { useToast } from '../../design/toast.tsx';

type Target = 'draft' | 'active' | 'paused' | 'completed';

interface StatusMove {
  status: Target;
  label: string;
  icon: LucideIcon;
}

const start: StatusMove = { status: 'active', label: 'Start', icon: CirclePlay };
const resume: StatusMove = { status: 'active', label: 'Resume', icon: CirclePlay };
const pause: StatusMove = { status: 'paused', label: 'Pause', icon: Pause };
const complete: StatusMove = { status: 'completed', label: 'Complete', icon: SquareCheck };

const moves: Record<Campaign['status'], readonly StatusMove[]> = {
  draft: [start],
  active: [pause, complete],
  paused: [resume, complete],
  completed: [],
  archived: [],
};

const done: Record<Target, string> = {
  draft: 'is a draft again',
  active: 'is active',
  paused: 'is paused',
  completed: 'is completed',
};

/** Moves of a campaign and how to make one; a pause or resume offers the way back. The server decides what is legal. */
export function useStatusChange(campaign: Pick<Campaign, 'id' | 'name' | 'status' | 'version'>) {
  const toast = useToast();
  const change = useChange(setCampaignStatus);
  const move = (status: Target) => {
    const before = campaign.status;
    change.mutate(
      { input: { campaignId: campaign.id, status }, options: { ifMatch: campaign.version } },
      {
        onSuccess: (after) => {
          const back = before === 'active' || before === 'paused' ? before : null;
          toast({
            text: `${after.name} ${done[status]}`,
            ...(back && status !== 'completed'
              ? {
                  undo: () =>
                    change.mutate({
                      input: { campaignId: after.id, status: back },
                      options: { ifMatch: after.version },
                    }),
                }
              : {}),
          });
        },
        onError: (error) =>
          toast({
            tone: 'block',
            text: error.problem?.detail ?? 'The server did not answer; nothing was changed.',
          }),
      },
    );
  };
  return { moves: moves[campaign.status], move, pending: change.isPending };
}
