import { createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrozenDetector, GRAY_HEIGHT, GRAY_WIDTH } from '../frozen-detector.ts';
import { failureOf } from '../testing.ts';
import { loadFonts } from './fonts.ts';
import { type ClipLook, type ClipSpec, MOTIFS, SCENES, suggestMotif } from './look.ts';
import { derivePalette, isReadable } from './palette.ts';
import { drawFrame, hashFrame } from './render-clip.ts';
import { fitText } from './type-setting.ts';

const sea: ClipLook = {
  colors: ['#0b5c7a', '#f2a541'],
  title: 'The ocean is calling',
  subtitle: 'A voyage for the whole family, from Friday',
  callToAction: 'Get tickets',
  brandName: 'Lantern Pictures',
};
const bank: ClipLook = {
  colors: ['#3b2f7f', '#ff6b6b'],
  title: 'Home before the rain',
  subtitle: 'Electric rides across town from four dollars',
  callToAction: 'Ride now',
  brandName: 'Tramway',
};

function clip(change: Partial<ClipSpec> = {}): ClipSpec {
  return {
    widthPx: GRAY_WIDTH,
    heightPx: GRAY_HEIGHT,
    fps: 24,
    durationMs: 5000,
    seed: 11,
    scene: 'hook',
    look: sea,
    ...change,
  };
}

function grays(rgba: Uint8Array): Uint8Array {
  const gray = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < gray.length; i++) {
    gray[i] = Math.round(0.2126 * rgba[4 * i]! + 0.7152 * rgba[4 * i + 1]! + 0.0722 * rgba[4 * i + 2]!);
  }
  return gray;
}

const mean = (values: Uint8Array): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Where lightness changes from one pixel to the next: the drawing without its colours. */
function edges(gray: Uint8Array): Set<number> {
  const found = new Set<number>();
  for (let y = 0; y < GRAY_HEIGHT - 1; y++) {
    for (let x = 0; x < GRAY_WIDTH - 1; x++) {
      const i = y * GRAY_WIDTH + x;
      if (Math.abs(gray[i]! - gray[i + 1]!) + Math.abs(gray[i]! - gray[i + GRAY_WIDTH]!) > 16) found.add(i);
    }
  }
  return found;
}

/** Share of edges that two pictures do not have in common, 0 to 1. */
function structuralDifference(a: Uint8Array, b: Uint8Array): number {
  const [ea, eb] = [edges(grays(a)), edges(grays(b))];
  const shared = [...ea].filter((i) => eb.has(i)).length;
  return 1 - shared / (ea.size + eb.size - shared);
}

describe('a clip as a function of its specification', () => {
  it.each(SCENES)('gives the same frames again: %s', (scene) => {
    expect(hashFrame(clip({ scene }), 50)).toBe(hashFrame(clip({ scene }), 50));
  });

  it('gives other frames for another seed', () => {
    expect(hashFrame(clip({ seed: 12 }), 50)).not.toBe(hashFrame(clip(), 50));
    expect(structuralDifference(drawFrame(clip({ seed: 12 }), 50), drawFrame(clip(), 50))).toBeGreaterThan(
      0.2,
    );
  });

  it.each(SCENES)('gives materially different pictures for two briefs: %s', (scene) => {
    const [a, b] = [drawFrame(clip({ scene }), 60), drawFrame(clip({ scene, look: bank }), 60)];
    expect(structuralDifference(a, b)).toBeGreaterThan(0.6);
    expect(structuralDifference(a, drawFrame(clip({ scene }), 61))).toBeLessThan(0.6);
  });

  it('gives five different motifs', () => {
    const frames = MOTIFS.map((motif) => drawFrame(clip({ look: { ...sea, motif } }), 4));
    for (const [i, a] of frames.entries()) {
      for (const b of frames.slice(i + 1)) expect(structuralDifference(a, b)).toBeGreaterThan(0.5);
    }
  });
});

describe('what a broadcaster would object to', () => {
  const cases = MOTIFS.flatMap((motif) => SCENES.map((scene) => ({ motif, scene })));

  it.each(cases)('$motif $scene: never dark, never still, never flashing', ({ motif, scene }) => {
    for (const seed of [1, 2, 3]) {
      const spec = clip({ scene, seed, durationMs: 4000, look: { ...sea, motif } });
      const frozen = new FrozenDetector({ minFrames: 24 });
      let before: number | null = null;
      for (let frame = 0; frame < 96; frame += 2) {
        const gray = grays(drawFrame(spec, frame));
        frozen.push(gray);
        const light = mean(gray);
        expect(light).toBeGreaterThan(25);
        if (before !== null) expect(Math.abs(light - before)).toBeLessThan(26);
        before = light;
      }
      expect(frozen.finish()).toEqual([]);
    }
  });

  it('keeps words inside the title-safe area', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      for (const size of [
        { widthPx: 320, heightPx: 180 },
        { widthPx: 180, heightPx: 320 },
      ]) {
        const draw = (callToAction: string): Buffer =>
          drawFrame(clip({ ...size, seed, scene: 'call_to_action', look: { ...sea, callToAction } }), 100);
        const long =
          'Reserve the best seats in your neighbourhood before the weekend is over and everybody else has';
        const [a, b] = [draw(''), draw(long)];
        for (let i = 0; i < a.length; i += 4) {
          if (a[i] === b[i] && a[i + 1] === b[i + 1] && a[i + 2] === b[i + 2]) continue;
          const x = ((i / 4) % size.widthPx) / size.widthPx;
          const y = Math.floor(i / 4 / size.widthPx) / size.heightPx;
          expect(x > 0.05 && x < 0.95 && y > 0.05 && y < 0.95, `${x} ${y} of seed ${seed}`).toBe(true);
        }
      }
    }
  });

  it('fits any text into its box', () => {
    loadFonts();
    const ctx = createCanvas(8, 8).getContext('2d');
    const options = { weight: 'bold', maxWidth: 600, maxLines: 3, maxSize: 120, minSize: 40 } as const;
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const block = fitText(ctx, text, options);
        expect(block.lines.length).toBeLessThanOrEqual(3);
        expect(block.width).toBeLessThanOrEqual(600.5);
      }),
      { numRuns: 60 },
    );
  });

  it('finds readable colours for any brand colours', () => {
    const hex = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`);
    fc.assert(
      fc.property(fc.array(hex, { minLength: 1, maxLength: 4 }), fc.string(), (colors, name) => {
        expect(isReadable(derivePalette(colors, name))).toBe(true);
      }),
    );
  });
});

describe('suggestMotif', () => {
  it.each([
    ['Moana returns to the big screen', 'sea'],
    ['Boots for a thousand ridges this season', 'hills'],
    ['Slow mornings, strong coffee', 'product'],
    ['Electric rides across town', 'city'],
  ])('%s', (text, motif) => {
    expect(suggestMotif(text)).toBe(motif);
  });
});

describe('refused specifications', () => {
  it.each([
    [{ widthPx: 321 }, 'widthPx is 321; an even whole number from 160 to 3840 is accepted.'],
    [{ durationMs: 0 }, 'durationMs is 0'],
    [{ seed: 1.5 }, 'seed is 1.5'],
    [
      { look: { ...sea, colors: ['teal'] } },
      'look.colors[0] is "teal"; a colour such as "#0b3954" is accepted.',
    ],
    [{ look: { ...sea, title: ' ' } }, 'look.title'],
  ])('%j', async (change, message) => {
    const failure = await failureOf(Promise.resolve().then(() => drawFrame(clip(change), 0)));
    expect(failure.code).toBe('media.invalid_spec');
    expect(failure.message).toContain(message);
  });
});
