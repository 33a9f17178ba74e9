import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LayeredMap } from './layered-map.ts';

function changed<V>(map: LayeredMap<V>, changes: ReadonlyMap<string, V | undefined>): LayeredMap<V> {
  const steps = map.changed(changes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('layered map', () => {
  it('is a map after any changes, and leaves the maps before them as they were', () => {
    const change = fc.dictionary(fc.nat(400).map(String), fc.option(fc.nat(), { nil: undefined }), {
      maxKeys: 300,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (rounds) => {
        let map = LayeredMap.of<number>(new Map());
        let model = new Map<string, number>();
        const earlier: [LayeredMap<number>, Map<string, number>][] = [];
        for (const round of rounds) {
          earlier.push([map, model]);
          map = changed(map, new Map(Object.entries(round)));
          model = new Map(model);
          for (const [key, value] of Object.entries(round))
            if (value === undefined) model.delete(key);
            else model.set(key, value);
        }
        for (const [layered, plain] of [...earlier, [map, model] as const]) {
          expect(layered.size).toBe(plain.size);
          expect(new Map(layered)).toEqual(plain);
          expect(new Set(layered.keys())).toEqual(new Set(plain.keys()));
          for (const key of ['0', '7', '400', 'no']) {
            expect(layered.get(key)).toBe(plain.get(key));
            expect(layered.has(key)).toBe(plain.has(key));
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
