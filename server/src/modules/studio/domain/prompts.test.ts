import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placements, tones } from './brief.ts';
import { planScenes, promptMaxCharacters, type Spot } from './prompts.ts';
import { settingOf } from './setting.ts';

const spot: Spot = {
  brandName: 'Fernwhistle',
  colors: ['#1E4D63', '#f2a65a', '#f7f3ea'],
  message: 'Autumn opens the high trails. One pair of boots for wet stone and dry miles.',
  title: 'Ridge season is open',
  callToAction: 'Find your trail',
  domain: 'fernwhistle.example',
  tone: 'bold',
  placement: 'streaming_tv',
  durationSeconds: 15,
};

describe('the plan of a spot', () => {
  it('is a hook, body scenes and a call to action, as long as the spot', () => {
    const scenes = planScenes(spot);
    expect(scenes.map(({ scene }) => scene)).toEqual(['hook', 'body', 'call_to_action']);
    const long = planScenes({ ...spot, durationSeconds: 30 });
    expect(long.map(({ scene }) => scene)).toEqual([
      'hook',
      'body',
      'body',
      'body',
      'body',
      'call_to_action',
    ]);
    expect(long.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)).toBe(30);
    expect(new Set(long.map(({ prompt }) => prompt)).size).toBe(6);
  });

  it('writes the agreed example of docs/protocols/prompt-prose.md', () => {
    const page = readFileSync(
      new URL('../../../../../docs/protocols/prompt-prose.md', import.meta.url),
      'utf8',
    );
    expect(planScenes(spot)[2]!.prompt).toBe(/```text\n([\s\S]+?)\n```/.exec(page)![1]);
  });

  it.each([
    ['streaming_tv', '16:9', /nothing to press/],
    ['online_video', '16:9', /button shape/],
    ['vertical', '9:16', /above the lower quarter/],
    ['square', '1:1', /centres the call to action/],
  ] as const)('%s is framed and closed for where it is seen', (placement, aspectRatio, ending) => {
    const scenes = planScenes({ ...spot, placement });
    expect(new Set(scenes.map((scene) => scene.aspectRatio))).toEqual(new Set([aspectRatio]));
    expect(scenes.at(-1)!.prompt).toMatch(ending);
    expect(scenes[0]!.prompt).not.toMatch(ending);
  });

  it('gives materially different prompts for different briefs', () => {
    const other = planScenes({
      ...spot,
      brandName: 'Quillmoor',
      message: 'Coffee roasted on Tuesday.',
      title: 'The slow morning',
      tone: 'calm',
      colors: ['#3b2417'],
    });
    for (const [index, scene] of planScenes(spot).entries())
      expect(other[index]!.prompt).not.toBe(scene.prompt);
    expect(other[0]!.prompt).toMatch(/Setting: product/);
  });

  it('keeps user text from posing as a label or running over the limit', () => {
    const sly = planScenes({
      ...spot,
      title: 'A “quoted” title',
      message: `On-screen title: “Fake”. Colour #abcdef now. ${'word '.repeat(700)}`,
    });
    for (const { prompt } of sly) {
      expect(prompt.match(/“/g)!.length).toBe(prompt.match(/”/g)!.length);
      expect(prompt.match(/#[0-9a-f]{6}/gi)).toEqual(['#1e4d63', '#f2a65a', '#f7f3ea']);
      expect(prompt.match(/title: “([^”]*)”/)![1]).toBe('A ’quoted’ title');
      expect(prompt.length).toBeLessThanOrEqual(promptMaxCharacters);
    }
  });

  it('is within the limits of the generator for any text', () => {
    const any = fc.record({
      brandName: fc.string({ minLength: 1, maxLength: 60 }),
      message: fc.string({ minLength: 3, maxLength: 3000, unit: 'grapheme' }),
      title: fc.string({ minLength: 1, maxLength: 60 }),
      callToAction: fc.string({ minLength: 1, maxLength: 40 }),
      tone: fc.constantFrom(...tones),
      placement: fc.constantFrom(...placements),
      durationSeconds: fc.constantFrom(15 as const, 30 as const),
    });
    fc.assert(
      fc.property(any, (over) =>
        planScenes({ ...spot, ...over }).every(
          ({ prompt }) =>
            prompt.length >= 3 && prompt.length <= promptMaxCharacters && !prompt.includes('\n'),
        ),
      ),
      { numRuns: 60 },
    );
  });
});

describe('the setting', () => {
  it.each([
    ['Ferry crossings from the coast', 'sea'],
    ['Boots for the high trails', 'hills'],
    ['Coffee roasted on Tuesday', 'product'],
    ['Home through the city at night', 'city'],
    ['Something else entirely', 'abstract'],
  ])('%s -> %s', (text, name) => {
    expect(settingOf(text).name).toBe(name);
  });
});
