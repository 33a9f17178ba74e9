import { expect, it } from 'vitest';
import { startFaultyInstallation } from './installation.ts';
import { faultRound } from './round.ts';

const FIRST_SEED = 1;

/** More of them: `npm run test:faults`. */
it.each([
  ['postgres', 12],
  ['embedded', 2],
] as const)(
  'an installation on %s, whose parts are killed and cut off under load, keeps its promises: %i rounds',
  async (store, rounds) => {
    const world = await startFaultyInstallation(store);
    if (world === null)
      throw new Error('the fault campaign needs PostgreSQL (Debian: apt install postgresql)');
    try {
      const campaign = { acknowledged: new Set<string>(), sent: new Set<string>() };
      for (let n = 0; n < rounds; n++) {
        const round = await faultRound(world, campaign, FIRST_SEED + n);
        const repeat = `npm run test:faults -- --seed ${FIRST_SEED} --rounds ${n + 1} --store ${store}`;
        expect(round.faults, `${round.done.join(', ')}; repeat it: ${repeat}`).toEqual([]);
      }
      expect(campaign.acknowledged.size).toBeGreaterThan(100 * rounds);
    } finally {
      await world.close();
    }
  },
);
