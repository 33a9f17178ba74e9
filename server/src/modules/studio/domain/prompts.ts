import type { PlacementKind, SpotSeconds, Tone } from './brief.ts';
import { settingOf } from './setting.ts';

export type Scene = 'hook' | 'body' | 'call_to_action';

/** What a spot says and looks like. */
export interface Spot {
  brandName: string;
  /** `#rrggbb`; the first leads, the second accents. */
  colors: readonly string[];
  message: string;
  title: string;
  callToAction: string;
  /** Shown on the end card, e.g. `fernwhistle.example`. */
  domain: string;
  tone: Tone;
  placement: PlacementKind;
  durationSeconds: SpotSeconds;
}

/** One clip to generate. Clips of all scenes, one after the other, are as long as the spot. */
export interface ScenePlan {
  position: number;
  scene: Scene;
  prompt: string;
  durationSeconds: 5;
  aspectRatio: '16:9' | '9:16' | '1:1';
  resolution: '1080p';
}

/** The longest prompt that Dream Machine takes. */
export const promptMaxCharacters = 5_000;
const clipSeconds = 5;
const messageMaxCharacters = 3_000;

interface PlacementRule {
  aspectRatio: ScenePlan['aspectRatio'];
  name: string;
  framing: string;
  /** What the end card asks for: a television cannot be clicked. */
  ending: string;
}

const placementRules: Readonly<Record<PlacementKind, PlacementRule>> = {
  streaming_tv: {
    aspectRatio: '16:9',
    name: 'streaming TV',
    framing:
      'Framed for a television seen from three metres: one large subject, generous negative space, type inside the central 90 percent, full frame without bars.',
    ending:
      'The end card holds still long enough to be read aloud and shows an address to remember, nothing to press.',
  },
  online_video: {
    aspectRatio: '16:9',
    name: 'online video',
    framing:
      'Made to work without sound on a laptop or phone: the brand is seen within two seconds, strong contrast, short type.',
    ending: 'The end card looks pressable, with the call to action as a clear button shape.',
  },
  vertical: {
    aspectRatio: '9:16',
    name: 'vertical social video',
    framing:
      'Full-height vertical frame: subject in the middle third, top 15 and bottom 25 percent free of type for the app’s own controls.',
    ending: 'The end card keeps the call to action above the lower quarter and moves gently upwards.',
  },
  square: {
    aspectRatio: '1:1',
    name: 'square feed video',
    framing: 'Square frame read while scrolling: one centred subject, large type, a readable first frame.',
    ending: 'The end card centres the call to action in a plain field of the leading colour.',
  },
};

const toneRules: Readonly<Record<Tone, string>> = {
  calm: 'Slow continuous camera, soft side light, long dissolves, room to breathe.',
  warm: 'Golden low light, gentle push-in, natural textures, an inviting pace.',
  bold: 'Hard contrast, decisive camera moves, graphic shapes, quick rhythm.',
  playful: 'Bouncing movement, bright even light, simple rounded shapes, a wink in every cut.',
};

const directions: Readonly<Record<Scene, readonly string[]>> = {
  hook: [
    'Start in motion within the first half second and reveal the title as the payoff of the first move.',
  ],
  body: [
    'Show the promise at work in one continuous move, closer than the opening.',
    'Change the angle and the scale: a detail that proves the promise.',
    'Pull back to show where it leads, with depth in three layers.',
    'Return to the first motif, changed by what happened since.',
  ],
  call_to_action: [
    'Let the motion settle into an end card with the brand name, the call to action and the address.',
  ],
};

const openings: Readonly<Record<Scene, string>> = {
  hook: 'Opening hook scene',
  body: 'Body scene',
  call_to_action: 'Closing call-to-action scene',
};

/**
 * The prompts of a spot, one per five-second clip: a hook, body scenes, a call to action.
 * Written rules per scene, placement and tone; brand, colours and on-screen words stand in labelled sentences
 * (docs/protocols/prompt-prose.md) before the message, so that nothing a user wrote can be taken for them.
 */
export function planScenes(spot: Spot): ScenePlan[] {
  const count = spot.durationSeconds / clipSeconds;
  const rule = placementRules[spot.placement];
  const lines = subtitlesOf(spot.message, count - 2);
  return Array.from({ length: count }, (_, position) => {
    const scene: Scene = position === 0 ? 'hook' : position === count - 1 ? 'call_to_action' : 'body';
    const subtitle =
      scene === 'body' ? lines[position - 1] : scene === 'call_to_action' ? spot.domain : undefined;
    return {
      position,
      scene,
      prompt: promptOf(spot, rule, scene, position, count, subtitle),
      durationSeconds: clipSeconds,
      aspectRatio: rule.aspectRatio,
      resolution: '1080p',
    };
  });
}

function promptOf(
  spot: Spot,
  rule: PlacementRule,
  scene: Scene,
  position: number,
  count: number,
  subtitle: string | undefined,
): string {
  const message = plain(spot.message).slice(0, messageMaxCharacters);
  const setting = settingOf(`${spot.title} ${spot.message}`);
  const direction = directions[scene][(position - 1) % directions[scene].length] ?? directions[scene][0]!;
  return [
    `${openings[scene]}, ${position + 1} of ${count}, of a ${spot.durationSeconds}-second ${rule.name} commercial for the brand “${plain(spot.brandName)}”.`,
    `Setting: ${setting.name}, ${setting.picture}.`,
    `Mood: ${spot.tone}. ${toneRules[spot.tone]}`,
    `Brand colours: ${colorsInWords(spot.colors)}.`,
    `On-screen title: “${plain(spot.title)}”.`,
    ...(subtitle ? [`On-screen subtitle: “${plain(subtitle)}”.`] : []),
    ...(scene === 'call_to_action'
      ? [`On-screen call to action: “${plain(spot.callToAction)}”.`, rule.ending]
      : []),
    direction,
    rule.framing,
    `No other text, logos, watermarks or recognisable people. The idea to convey: ${message}`,
  ].join(' ');
}

/** Sentences of the message spread over the body scenes; each short enough to be set as one line. */
function subtitlesOf(message: string, count: number): string[] {
  const sentences = plain(message)
    .split(/(?<=[.!?])\s+/)
    .map((sentence) => short(sentence.replace(/[.!?]+$/, '')))
    .filter((sentence) => sentence !== '');
  return Array.from({ length: count }, (_, index) => sentences[index % Math.max(1, sentences.length)] ?? '');
}

function short(sentence: string): string {
  if (sentence.length <= 60) return sentence;
  const cut = sentence.slice(0, 60);
  return cut.slice(0, Math.max(20, cut.lastIndexOf(' '))).replace(/[,;:\s]+$/, '');
}

function colorsInWords(colors: readonly string[]): string {
  const roles = ['leading', 'as accent', 'as ground'];
  return colors
    .map((color, index) => `${color.toLowerCase()}${roles[index] ? ` ${roles[index]}` : ''}`)
    .join(', ');
}

/** User text on one line, without the marks that label on-screen words or colours. */
function plain(text: string): string {
  return text
    .replace(/[“”„"«»]/g, '’')
    .replace(/#(?=[0-9a-fA-F]{6}\b)/g, 'no. ')
    .replace(/\s+/g, ' ')
    .trim();
}
