/** What a picture is drawn from: all that can be read in a prompt's prose. */
export interface PromptReading {
  scene: 'hook' | 'body' | 'call_to_action';
  brandName: string;
  colors: string[];
  title: string;
  subtitle: string;
  callToAction: string;
  mood: 'calm' | 'warm' | 'bold' | 'playful';
  /** What is pictured, when the prompt says so. */
  motif: 'hills' | 'sea' | 'city' | 'product' | 'abstract' | null;
  /** 32-bit hash of the prompt: the same prose gives the same picture. */
  seed: number;
}

const quoted = '[“"]([^”"]{1,120})[”"]';
const palettes: Record<PromptReading['mood'], string[]> = {
  calm: ['#1d3b4d', '#7fb2b8', '#f2efe6'],
  warm: ['#5b2a1d', '#e2905a', '#fff3e2'],
  bold: ['#141420', '#e5383b', '#f5f3f4'],
  playful: ['#2b2d6e', '#f7b32b', '#fdfcf7'],
};

/**
 * Reads brand, colours, on-screen words, scene and mood by the conventions of docs/protocols/prompt-prose.md.
 * A real generator would understand the same sentences; any other prose still gives a picture: its first words become
 * the title, its mood is guessed from single words, and its hash is the seed.
 */
export function readPrompt(prompt: string): PromptReading {
  const find = (label: string) =>
    new RegExp(`(?<!sub)${label}[^“"#.]{0,24}?${quoted}`, 'i').exec(prompt)?.[1]?.trim() ?? '';
  const mood = moodOf(prompt);
  const colors = [
    ...new Set([...prompt.matchAll(/#[0-9a-f]{6}\b/gi)].map((match) => match[0].toLowerCase())),
  ].slice(0, 4);
  const title = find('title') || firstWords(prompt);
  const motif = /\bsetting:\s*(hills|sea|city|product|abstract)\b/i.exec(prompt)?.[1]?.toLowerCase();
  return {
    scene: sceneOf(prompt),
    brandName: find('brand') || title || 'Untitled',
    colors: colors.length > 0 ? colors : palettes[mood],
    title,
    subtitle: find('subtitle'),
    callToAction: find('call to action'),
    mood,
    motif: (motif as PromptReading['motif']) ?? null,
    seed: hash(prompt),
  };
}

function sceneOf(prompt: string): PromptReading['scene'] {
  const start = prompt.slice(0, 160).toLowerCase();
  if (/\b(closing|call[- ]to[- ]action scene|end card)\b/.test(start)) return 'call_to_action';
  if (/\b(body|middle) scene\b/.test(start)) return 'body';
  return 'hook';
}

function moodOf(prompt: string): PromptReading['mood'] {
  const stated = /\bmood:\s*(calm|warm|bold|playful)\b/i.exec(prompt)?.[1]?.toLowerCase();
  if (stated) return stated as PromptReading['mood'];
  const text = prompt.toLowerCase();
  if (/\b(serene|quiet|still|gentle|lake|slow)\b/.test(text)) return 'calm';
  if (/\b(fast|storm|power|night|race|sport)\b/.test(text)) return 'bold';
  if (/\b(fun|party|kids|candy|happy|bright)\b/.test(text)) return 'playful';
  return 'warm';
}

function firstWords(prompt: string): string {
  const words = prompt
    .split(/[.!?](?:\s|$)/)[0]!
    .replace(/[“”"]/g, '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 5)
    .join(' ');
  return words.replace(/[.,;:!?]+$/, '').slice(0, 40) || 'Untitled';
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
