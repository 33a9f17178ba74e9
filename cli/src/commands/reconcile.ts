import { CampaignId, exitCodes } from '@cuepoint/contract';
import type { Command } from 'commander';
import { api } from '../connect/api.ts';
import { connect } from '../connect/installation.ts';
import { CommandError } from '../output/failure.ts';
import { formatMicros } from '../output/render.ts';
import { reconcileCampaign, requireAgreement } from '../reconcile/reconcile-campaign.ts';
import type { Shell } from './shell.ts';

export function addReconcileCommand(program: Command, shell: Shell): void {
  program
    .command('reconcile')
    .description('Compare the log of the delivery plane with the report, event by event and to the micro')
    .argument('<campaign-id>', 'campaign id, cmp_…')
    .addHelpText(
      'after',
      '\nReads the log from the data directory, so it runs on the machine that serves. Exit code 1 when they differ.',
    )
    .action((campaignId: string) =>
      shell.guarded(async (terminal) => {
        if (!CampaignId.safeParse(campaignId).success)
          throw new CommandError(`campaign-id is "${campaignId}"; expected cmp_…`, exitCodes.usage);
        const config = shell.configOf();
        const connection = await connect(config, terminal);
        try {
          const client = api({ origin: connection.origin, token: connection.token });
          const campaign = await client.campaigns.getCampaign({ campaignId });
          if (campaign.demo)
            throw new CommandError(
              `${campaign.name} is demo data: its history was made up, and no log holds it`,
              exitCodes.blocked,
            );
          const { stats, ...check } = await reconcileCampaign(client, campaignId, config.dataDir);
          if (terminal.json) {
            terminal.data(JSON.stringify({ campaignId, ...check, report: stats.totals }, null, 2));
            return check.agrees ? exitCodes.ok : exitCodes.failure;
          }
          requireAgreement(check);
          terminal.data(
            `${campaign.name}: ${check.comparedEvents} events of ${check.recordsRead} records agree one by one, spend ${campaign.currency} ${formatMicros(check.log.spentMicros)} to the micro`,
          );
          return exitCodes.ok;
        } finally {
          await connection.close();
        }
      }),
    );
}
