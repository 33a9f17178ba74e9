import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPrompt } from './prompt-reader.ts';

const page = readFileSync(new URL('../../../docs/protocols/prompt-prose.md', import.meta.url), 'utf8');
const example = /```text\n([\s\S]+?)\n```/.exec(page)![1]!;

describe('reading a prompt', () => {
  it('reads every labelled sentence of the agreed example', () => {
    expect(readPrompt(example)).toMatchObject({
      scene: 'call_to_action',
      brandName: 'Fernwhistle',
      colors: ['#1e4d63', '#f2a65a', '#f7f3ea'],
      title: 'Ridge season is open',
      subtitle: 'fernwhistle.example',
      callToAction: 'Find your trail',
      mood: 'bold',
      motif: 'hills',
    });
  });

  it.each([
    ['Opening hook scene, 1 of 3, of a spot', 'hook'],
    ['Body scene, 2 of 3, of a spot', 'body'],
    ['Closing call-to-action scene, 3 of 3', 'call_to_action'],
    ['A lake at dawn', 'hook'],
  ])('%s -> %s', (prompt, scene) => {
    expect(readPrompt(prompt).scene).toBe(scene);
  });

  it('gives any other prose a picture of its own', () => {
    const lake = readPrompt('A serene lake surrounded by mountains at sunset, drone shot');
    expect(lake).toMatchObject({
      title: 'A serene lake surrounded by',
      mood: 'calm',
      callToAction: '',
      motif: null,
    });
    expect(lake.brandName).not.toBe('');
    expect(lake.colors.length).toBeGreaterThan(1);
    expect(readPrompt('A serene lake surrounded by mountains at sunset, drone shot').seed).toBe(lake.seed);
    expect(readPrompt('A serene lake surrounded by mountains at dawn').seed).not.toBe(lake.seed);
  });

  it('does not take a subtitle for the title', () => {
    expect(readPrompt('Fast cars. On-screen subtitle: “Only this”.')).toMatchObject({
      subtitle: 'Only this',
      title: 'Fast cars',
    });
  });

  it.each(['', '   ', '???', '😀😀😀'])('never leaves the picture without words or colours: %j', (prompt) => {
    const reading = readPrompt(prompt);
    expect(reading.title.trim()).not.toBe('');
    expect(reading.colors.length).toBeGreaterThan(0);
  });
});
