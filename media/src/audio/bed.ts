import { setImmediate } from 'node:timers/promises';
import { seededRandom } from '../render/random.ts';
import { bell, brush, kick, type Mix, newMix, pad, room, tick } from './instruments.ts';

export const MOODS = ['calm', 'bright', 'driving'] as const;
export type Mood = (typeof MOODS)[number];

export interface BedSpec {
  durationMs: number;
  seed: number;
  mood: Mood;
}

/** Stereo sound as floating point, full scale 1. */
export interface Pcm {
  sampleRate: number;
  left: Float32Array;
  right: Float32Array;
}

const SAMPLE_RATE = 48_000;

/** Chords as steps of a major scale, root first; each list returns to where it began. */
const PROGRESSIONS: readonly (readonly (readonly number[])[])[] = [
  [
    [0, 2, 4, 8],
    [5, 7, 9, 11],
    [3, 5, 7, 9],
    [4, 6, 8, 11],
  ],
  [
    [0, 4, 8, 9],
    [3, 5, 7, 11],
    [5, 7, 9, 12],
    [4, 6, 8, 10],
  ],
  [
    [5, 7, 9, 11],
    [3, 5, 7, 9],
    [0, 2, 4, 8],
    [4, 6, 8, 9],
  ],
  [
    [3, 5, 7, 9],
    [0, 2, 4, 6],
    [5, 7, 9, 11],
    [4, 8, 9, 11],
  ],
];

const MAJOR = [0, 2, 4, 5, 7, 9, 11];

const STYLE: Record<Mood, { beats: readonly [number, number]; kick: boolean; brush: number; bells: number }> =
  {
    calm: { beats: [72, 84], kick: false, brush: 0.6, bells: 0.45 },
    bright: { beats: [98, 110], kick: true, brush: 0.9, bells: 0.7 },
    driving: { beats: [116, 126], kick: true, brush: 1.1, bells: 0.6 },
  };

/**
 * Composes a bed of music: soft chords, bells that pick their notes from the
 * chord, bass and light percussion; the last chord is the home chord and rings
 * out. Exactly as long as asked, the same for the same seed.
 */
export function composeBed(spec: BedSpec): Pcm {
  const steps = compose(spec);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same, letting other work of the process go on between chords. */
export async function composeBedInSteps(spec: BedSpec): Promise<Pcm> {
  const steps = compose(spec);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}

function* compose(spec: BedSpec): Generator<void, Pcm> {
  const random = seededRandom(spec.seed, `bed/${spec.mood}`);
  const style = STYLE[spec.mood];
  const seconds = spec.durationMs / 1000;
  const frames = Math.round((spec.durationMs * SAMPLE_RATE) / 1000);
  const mix = newMix(frames, SAMPLE_RATE);
  const key = 52 + Math.floor(random.between(0, 8));
  const progression = random.pick(PROGRESSIONS);
  // A whole number of beats, so the bed ends where the spot does.
  const wished = random.between(style.beats[0], style.beats[1]);
  const beats = Math.max(2, Math.round((seconds * wished) / 60));
  const beat = seconds / beats;
  const perChord = beats >= 16 ? 4 : 2;
  const pattern = Array.from({ length: 8 }, () => random.next());
  const note = (step: number): number =>
    key + Math.floor(step / 7) * 12 + (MAJOR[((step % 7) + 7) % 7] as number);

  for (let at = 0, bar = 0; at < beats; at += perChord, bar++) {
    const last = at + perChord >= beats;
    const chord = last
      ? (progression.find((c) => c[0] === 0) as readonly number[])
      : (progression[bar % 4] as readonly number[]);
    const start = at * beat;
    const length = Math.min(perChord * beat, seconds - start);
    yield;
    for (const [voice, step] of chord.entries()) {
      pad(mix, start - 0.05, length + 0.5, note(step), 0.085, (voice / 3) * 1.2 - 0.6);
    }
    pad(mix, start, length + 0.2, note(chord[0] as number) - 12, 0.14, 0);
    bell(mix, start, note(chord[0] as number) - 12, 0.16, 0, 0.9);
    for (let eighth = 0; eighth < perChord * 2; eighth++) {
      const when = start + (eighth * beat) / 2;
      if (when >= seconds - 0.3) break;
      const chance = pattern[(eighth + bar * 3) % 8] as number;
      if (chance < style.bells && !(last && eighth > 4)) {
        const step = chord[Math.floor(chance * 97) % chord.length] as number;
        bell(
          mix,
          when,
          note(step) + 12,
          0.1 + 0.05 * (chance % 0.3),
          Math.sin(eighth * 1.7 + bar) * 0.7,
          0.55,
        );
      }
    }
  }
  yield;
  percussion(mix, beats, beat, style, random.next);
  yield;
  room(mix);
  yield;
  fadeEnds(mix, seconds);
  return { sampleRate: SAMPLE_RATE, left: mix.left, right: mix.right };
}

function percussion(
  mix: Mix,
  beats: number,
  beat: number,
  style: (typeof STYLE)[Mood],
  next: () => number,
): void {
  for (let at = 0; at < beats; at++) {
    const start = at * beat;
    if (style.kick && (at % 2 === 0 || next() < 0.12)) kick(mix, start, 0.3);
    if (at % 2 === 1) brush(mix, start, 0.05 * style.brush, 0.16, next);
    for (const half of [0, 0.5])
      tick(mix, start + half * beat, (half === 0 ? 0.012 : 0.02) * style.brush, next);
  }
}

/** No click at the first sample, and a short tail instead of a cut. */
function fadeEnds(mix: Mix, seconds: number): void {
  const tail = Math.min(0.5, seconds / 4) * mix.sampleRate;
  const head = 0.012 * mix.sampleRate;
  const frames = mix.left.length;
  for (let i = 0; i < frames; i++) {
    const gain = Math.min(1, i / head, (frames - i) / tail);
    if (gain >= 1) continue;
    mix.left[i] = (mix.left[i] as number) * gain;
    mix.right[i] = (mix.right[i] as number) * gain;
  }
}
