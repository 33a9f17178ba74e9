/** A stereo buffer that instruments add their sound to. */
export interface Mix {
  left: Float32Array;
  right: Float32Array;
  sampleRate: number;
}

export function newMix(frames: number, sampleRate: number): Mix {
  return { left: new Float32Array(frames), right: new Float32Array(frames), sampleRate };
}

function frequency(midi: number): number {
  return 440 * 2 ** ((midi - 69) / 12);
}

/** Adds a mono voice; `sample` gets seconds since the start. `pan` -1 is left. */
function add(mix: Mix, start: number, length: number, pan: number, sample: (t: number) => number): void {
  const from = Math.max(0, Math.round(start * mix.sampleRate));
  const to = Math.min(mix.left.length, Math.round((start + length) * mix.sampleRate));
  const angle = ((pan + 1) * Math.PI) / 4;
  const [l, r] = [Math.cos(angle), Math.sin(angle)];
  for (let i = from; i < to; i++) {
    const value = sample(i / mix.sampleRate - start);
    mix.left[i] = (mix.left[i] as number) + value * l;
    mix.right[i] = (mix.right[i] as number) + value * r;
  }
}

/** A held, slowly swelling tone of two detuned voices with few overtones. */
export function pad(mix: Mix, start: number, length: number, midi: number, level: number, pan: number): void {
  const w = 2 * Math.PI * frequency(midi);
  const attack = Math.min(0.35, length * 0.3);
  const release = Math.min(0.6, length * 0.4);
  add(mix, start, length, pan, (t) => {
    const envelope = Math.min(1, t / attack, (length - t) / release);
    const a = w * 1.0018 * t;
    const b = w * 0.9982 * t;
    const tone = Math.sin(a) + Math.sin(b) + 0.22 * Math.sin(2 * a) + 0.09 * Math.sin(3 * b);
    return tone * level * envelope * envelope * (1 + 0.08 * Math.sin(2 * Math.PI * 0.7 * t));
  });
}

/** A struck, bell-like tone: frequency modulation that dies away before the tone does. */
export function bell(mix: Mix, start: number, midi: number, level: number, pan: number, decay: number): void {
  const w = 2 * Math.PI * frequency(midi);
  add(mix, start, decay * 3.2, pan, (t) => {
    const body = Math.exp(-t / decay);
    const bright = 1.6 * Math.exp(-t / (decay * 0.18));
    return level * Math.min(1, t / 0.004) * body * Math.sin(w * t + bright * Math.sin(w * 2.001 * t));
  });
}

/** A soft drum: a sine that falls in pitch. */
export function kick(mix: Mix, start: number, level: number): void {
  add(mix, start, 0.32, 0, (t) => {
    const phase = 2 * Math.PI * (46 * t - (64 / 26) * Math.exp(-26 * t));
    return level * Math.min(1, t / 0.003) * Math.exp(-t / 0.1) * Math.sin(phase);
  });
}

/** A brush on a snare: noise without its low part. */
export function brush(mix: Mix, start: number, level: number, decay: number, next: () => number): void {
  let before = 0;
  add(mix, start, decay * 4, 0.15, (t) => {
    const white = next() * 2 - 1;
    const high = white - before;
    before = white;
    return level * Math.min(1, t / 0.006) * Math.exp(-t / decay) * (0.6 * high + 0.4 * white);
  });
}

/** A shaker: a short breath of high noise. */
export function tick(mix: Mix, start: number, level: number, next: () => number): void {
  let before = 0;
  add(mix, start, 0.13, -0.3, (t) => {
    const white = next() * 2 - 1;
    const high = white - before;
    before = white;
    return level * Math.min(1, t / 0.012) * Math.exp(-t / 0.03) * high;
  });
}

/** A small room: four feedback delays, two on each side, each fed from the other side as well. */
export function room(mix: Mix): void {
  const wet = 0.2;
  const delays = [0.0297, 0.0371, 0.0411, 0.0537].map(
    (s) => new Float32Array(Math.round(s * mix.sampleRate)),
  );
  const positions = [0, 0, 0, 0];
  const damped = [0, 0, 0, 0];
  for (let i = 0; i < mix.left.length; i++) {
    const dry = [mix.left[i] as number, mix.right[i] as number] as const;
    const out = [0, 0];
    for (let d = 0; d < 4; d++) {
      const line = delays[d] as Float32Array;
      const at = positions[d] as number;
      const heard = line[at] as number;
      // High tones die first, as between real walls.
      damped[d] = heard * 0.65 + (damped[d] as number) * 0.35;
      line[at] =
        dry[0] * (d % 2 === 0 ? 0.7 : 0.3) +
        dry[1] * (d % 2 === 0 ? 0.3 : 0.7) +
        (damped[d] as number) * 0.72;
      positions[d] = (at + 1) % line.length;
      out[d % 2] = (out[d % 2] as number) + heard;
    }
    mix.left[i] = dry[0] + wet * (out[0] as number);
    mix.right[i] = dry[1] + wet * (out[1] as number);
  }
}
