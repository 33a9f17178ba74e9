import { uploadCreative } from '@cuepoint/contract';
import { findCampaign } from '#modules/campaigns';
import { implementPrepared } from '../../../kernel/implement.ts';
import { createCreative } from '../create-creative.ts';
import { nameFromFile } from '../domain/creative-values.ts';
import type { CreativesPorts } from '../ports.ts';
import { showCreatives } from '../read-model.ts';
import { type StoredVideo, takeInVideo } from '../take-in-video.ts';

const notFound = (id: string) => `campaignId: no campaign ${id} in this account.`;

export function uploadCreativeOperation(ports: CreativesPorts) {
  return implementPrepared<typeof uploadCreative, StoredVideo>(
    uploadCreative,
    async ({ campaignId, file }, { accountId, fail }) => {
      // Before the file is stored, so that a wrong id leaves nothing behind.
      const campaign = await ports.unitOfWork.withTransaction(
        { role: 'app', accountId, readOnly: true },
        (tx) => findCampaign(tx, campaignId),
      );
      if (!campaign) return fail('campaign.not_found', notFound(campaignId));
      return takeInVideo(file, ports);
    },
    async (input, context, video) => {
      const { tx, accountId, now } = context;
      const created = await createCreative(
        tx,
        {
          accountId,
          campaignId: input.campaignId,
          name: input.name ?? nameFromFile(input.file.fileName),
          clickThroughUrl: input.clickThroughUrl,
          source: 'uploaded',
          simulated: false,
          video,
          now,
        },
        ports,
      );
      if (!created) return context.fail('campaign.not_found', notFound(input.campaignId));
      context.record(created.audit);
      context.emit('creative.changed', { kind: 'creative', id: created.row.id });
      const [creative] = await showCreatives(tx, [created.row], context.principal, ports);
      return creative!;
    },
  );
}
