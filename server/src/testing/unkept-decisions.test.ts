import type { CampaignDetail, Explanation, Placement } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../kernel/app-error.ts';
import { until } from '../skins/delivery/testing/call.ts';
import { type ServedApp, startServedApp } from './served-app.ts';
import { tenantObjects } from './tenant-objects.ts';

/* Both planes together: what a node did not keep of a decision, *why* does not pretend to know. */

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

let key: string;
async function start(decisionSampleRate: number): Promise<ServedApp> {
  const served = await startServedApp({ decisionSampleRate });
  const output = async <T>(operation: string, input: object, options = {}) =>
    (await served.app.tenants[0].caller.call(operation, input, options)).output as T;
  const objects = tenantObjects(served.app, 0);
  const campaign = await output<CampaignDetail>('campaigns.createCampaign', {
    ...(await objects.axes()),
    label: 'Unkept',
    budgetMicros: 5_000_000_000,
    cpmMicros: 20_000_000,
    startOn: day(-1),
    endOn: day(20),
  });
  await objects.creative('approved', campaign.id);
  const active = { campaignId: campaign.id, status: 'active' };
  await output('campaigns.setCampaignStatus', active, { ifMatch: campaign.version });
  const placement = await output<Placement>('inventory.createPlacement', {
    publisherId: (await objects.publisher()).id,
    name: 'Pre-roll',
    position: 'pre',
  });
  key = placement.key;
  await until(async () => (await served.vast(`pl=${key}&country=US`)).includes('<Ad '), 30_000);
  return served;
}

async function why(served: ServedApp, rid: string, query = ''): Promise<Explanation> {
  expect(await served.vast(`pl=${key}&country=US&rid=${rid}&uid=viewer-7&${query}`)).toContain('<Ad ');
  let answer: Explanation | undefined;
  await until(async () => {
    answer = await served.app.tenants[0].caller
      .call('delivery.explainDecision', { decisionId: rid })
      .then(({ output }) => output as Explanation)
      .catch((error: unknown) => {
        // The node writes its log a moment after it has answered.
        if (AppError.is(error) && error.code === 'decision.not_found') return undefined;
        throw error;
      });
    return answer !== undefined;
  });
  return answer!;
}

describe.each([
  [0, 'not_replayable'],
  [1, 'exact'],
] as const)('at a sample rate of %i', (rate, state) => {
  let served: ServedApp;
  beforeAll(async () => {
    served = await start(rate);
  }, 60_000);
  afterAll(() => served?.close());

  it(`a decision is ${state}`, async () => {
    expect((await why(served, 'asked-1')).replay.state).toBe(state);
  });

  it('one whose viewer may not be kept is not replayable', async () => {
    expect((await why(served, 'asked-2', 'lmt=1')).replay.state).toBe('not_replayable');
  });
});
