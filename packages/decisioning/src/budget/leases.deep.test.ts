import { expect, it } from 'vitest';
import { runLeaseWorld } from './lease-world.fixture.ts';

it('1,500 worlds of crashing nodes, banks and networks spend no more than there is', async () => {
  for (let seed = 10_000; seed < 11_500; seed++) {
    const { world, faults } = await runLeaseWorld(seed, 6000);
    expect(faults).toEqual([]);
    expect(world.mostIdle, `idle at seed ${seed}`).toBeLessThanOrEqual(1);
  }
});
