import { describe, expect, it } from 'vitest';
import { newEngine, openLog, sealed } from './testing/open-engine.ts';
import { sampleRequest, sampleSnapshot } from './testing/sample-snapshot.ts';
import { takeSnapshot } from './testing/take-snapshot.ts';

describe('a decision that is looked for', () => {
  it('is found by its id and by whatever the caller calls it, more than memory keeps of a second', async () => {
    const { log, remove } = await openLog();
    const engine = newEngine(log);
    await takeSnapshot(engine, sealed(sampleSnapshot()));
    // Ids of callers that read like a second of 1970, of next century, and like one of ours cut short.
    const named = (n: number) => [
      `before-viewer-competitive-separation-${n}`,
      `${n}-zzzzzzzzzzzzzzzzzzzzzzzzzz`,
      `dec_${n}`,
    ];
    const asked = Array.from({ length: 40 }, (_, n) => named(n)).flat();
    const nowMs = Date.now();
    const decided = asked.map(
      (requestId) => engine.decide(sampleRequest({ requestId }), nowMs, null).decisionId,
    );
    await log.close();
    for (const [at, requestId] of asked.entries()) {
      const found = await engine.lookup.find('acc_1', requestId);
      expect(found?.decisionId, requestId).toBe(decided[at]);
      expect((await engine.lookup.find('acc_1', decided[at]!))?.request.requestId).toBe(requestId);
    }
    expect(await engine.lookup.find('acc_2', asked[0]!)).toBeUndefined();
    expect(await engine.lookup.find('acc_1', 'dec_tpc0000000000000000000000')).toBeUndefined();
    await remove();
  });
});
