import { MediaError } from '../errors.ts';
import { parseHex } from './color.ts';
import { hashText } from './random.ts';

export const MOTIFS = ['hills', 'sea', 'city', 'product', 'abstract'] as const;
export type MotifName = (typeof MOTIFS)[number];

export const SCENES = ['hook', 'body', 'call_to_action'] as const;
export type SceneName = (typeof SCENES)[number];

/** What a spot is about, in words and colours. */
export interface ClipLook {
  /** Brand colours, "#rrggbb"; the first leads, the second accents. One is enough. */
  colors: readonly string[];
  title: string;
  subtitle: string;
  callToAction: string;
  brandName: string;
  /** What is pictured; omitted: taken from the words, see {@link suggestMotif}. */
  motif?: MotifName;
}

export interface ClipSpec {
  /** Even, 160 to 3840. */
  widthPx: number;
  /** Even, 90 to 3840. */
  heightPx: number;
  /** Default 24. 23.976, 29.97 and 59.94 mean the 1000/1001 rates. */
  fps?: number;
  /** 500 to 60000. */
  durationMs: number;
  /** Any integer: the same seed gives the same pictures. */
  seed: number;
  scene: SceneName;
  look: ClipLook;
}

/** Whole words (with common endings) that speak for a motif; the first row that is hit decides. */
const WORDS: readonly (readonly [MotifName, string])[] = [
  [
    'sea',
    'seas?|seaside|oceans?|waves?|islands?|moana|ships?|sail(?:ing|s)?|boats?|ferr(?:y|ies)|cruises?|beach(?:es)?|coasts?|harbou?rs?|surf(?:ing)?|fish(?:ing)?|lagoons?|voyages?',
  ],
  [
    'hills',
    'hills?|mountains?|ridges?|trails?|hik(?:e|es|ing|ers?)|walk(?:s|ing|ers?)?|boots?|outdoors?|camp(?:s|ing)?|summits?|forests?|alp(?:s|ine)?|ski(?:ing)?|nature|farms?|valleys?|parks?|adventures?',
  ],
  [
    'product',
    'coffees?|teas?|cups?|drinks?|sodas?|juices?|snacks?|tastes?|fresh|skin|beauty|scents?|perfumes?|gifts?|kitchens?|brew(?:s|ed)?|bottles?|box(?:es)?|shops?|sales?',
  ],
  [
    'city',
    'cit(?:y|ies)|urban|metro|streets?|towns?|towers?|offices?|trains?|rides?|cars?|driv(?:e|ing)|nights?|commut(?:e|es|ing)|electric|homes?|insurance',
  ],
];

/** The motif that the words of a brief ask for; without a hint, one that follows from the text itself. */
export function suggestMotif(text: string): MotifName {
  for (const [motif, words] of WORDS) if (new RegExp(`\\b(?:${words})\\b`, 'i').test(text)) return motif;
  return MOTIFS[hashText(text) % MOTIFS.length] as MotifName;
}

/** Everything in a look that its style may follow from. */
export function characterOf(look: ClipLook): string {
  return [look.brandName, look.title, ...look.colors].join('\u0000').toLowerCase();
}

/** @throws MediaError media.invalid_spec naming the field, its value and what is accepted */
export function checkSpec(spec: ClipSpec): void {
  checkNumber('widthPx', spec.widthPx, 160, 3840, { even: true });
  checkNumber('heightPx', spec.heightPx, 90, 3840, { even: true });
  checkNumber('fps', spec.fps ?? 24, 10, 60, { fraction: true });
  checkNumber('durationMs', spec.durationMs, 500, 60_000);
  checkNumber('seed', spec.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  if (!SCENES.includes(spec.scene)) refuse('scene', spec.scene, `one of ${SCENES.join(', ')}`);
  const { look } = spec;
  if (look.colors.length === 0) refuse('look.colors', '[]', 'at least one colour such as "#0b3954"');
  for (const [i, color] of look.colors.entries()) {
    if (parseHex(color) === null) refuse(`look.colors[${i}]`, color, 'a colour such as "#0b3954"');
  }
  for (const field of ['title', 'brandName'] as const) {
    if (look[field].trim() === '') refuse(`look.${field}`, look[field], 'a text that is not empty');
  }
  for (const field of ['title', 'subtitle', 'callToAction', 'brandName'] as const) {
    if (look[field].length > 200) refuse(`look.${field}`, `${look[field].length} characters`, 'up to 200');
  }
  if (look.motif !== undefined && !MOTIFS.includes(look.motif)) {
    refuse('look.motif', look.motif, `one of ${MOTIFS.join(', ')}`);
  }
}

/** Checks one number of a specification. @throws MediaError media.invalid_spec */
export function checkNumber(
  field: string,
  value: number,
  low: number,
  high: number,
  options: { even?: boolean; fraction?: boolean } = {},
): void {
  const whole = options.fraction ? Number.isFinite(value) : Number.isInteger(value);
  if (whole && value >= low && value <= high && (!options.even || value % 2 === 0)) return;
  const kind = options.even ? 'an even whole number' : options.fraction ? 'a number' : 'a whole number';
  refuse(field, value, `${kind} from ${low} to ${high}`);
}

export function refuse(field: string, value: unknown, accepted: string): never {
  throw new MediaError({
    code: 'media.invalid_spec',
    message: `${field} is ${JSON.stringify(value)}; ${accepted} is accepted.`,
    subject: field,
  });
}
