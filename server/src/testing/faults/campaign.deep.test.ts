import { expect, it } from 'vitest';
import { startFaultyInstallation } from './installation.ts';
import { faultRound } from './round.ts';

const FIRST_SEED = 1;
const ROUNDS = 12;

/** More of them: `npm run test:faults`. */
it(`an installation whose parts are killed and cut off under load keeps its promises, ${ROUNDS} rounds`, async () => {
  const world = await startFaultyInstallation();
  if (world === null) throw new Error('the fault campaign needs PostgreSQL (Debian: apt install postgresql)');
  try {
    const campaign = { acknowledged: new Set<string>(), sent: new Set<string>() };
    for (let n = 0; n < ROUNDS; n++) {
      const round = await faultRound(world, campaign, FIRST_SEED + n);
      const repeat = `repeat it: npm run test:faults -- --seed ${FIRST_SEED} --rounds ${n + 1}`;
      expect(round.faults, `${round.done.join(', ')}; ${repeat}`).toEqual([]);
    }
    expect(campaign.acknowledged.size).toBeGreaterThan(1000);
  } finally {
    await world.close();
  }
});
