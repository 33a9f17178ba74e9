import { contrast, fromOklch, mostReadable, type Oklch, parseHex, toOklch } from './color.ts';
import { lerp } from './easing.ts';
import { hashText, seededRandom } from './random.ts';

/** The colours of one spot, all derived from the brand's own. */
export interface Palette {
  light: 'day' | 'dusk' | 'night';
  sky: string;
  /** Between sky and sun: halos, clouds. */
  haze: string;
  sun: string;
  /** Five planes, from the far one to the near one. */
  planes: readonly [string, string, string, string, string];
  accent: string;
  accentDeep: string;
  primary: string;
  /** A little lighter than primary, for shapes on it. */
  primaryLift: string;
  paper: string;
  ink: string;
  /** Text on sky, primary and accent. */
  onSky: string;
  onPrimary: string;
  onAccent: string;
}

/**
 * Derives a whole palette from one to several brand colours. The hour of the
 * day follows from the brief (not from the seed), so that the clips of one
 * spot belong together.
 */
export function derivePalette(
  colors: readonly string[],
  character: string,
  options: { water?: boolean } = {},
): Palette {
  const brand = colors.map((hex) => toOklch(parseHex(hex) ?? [40, 80, 120]));
  const primary = leading(brand[0] ?? { l: 0.4, c: 0.08, h: 230 });
  const accent = pickAccent(primary, brand.slice(1));
  const random = seededRandom(hashText(character), 'palette');
  const light = random.pick(['day', 'dusk', 'night'] as const);
  const hue = options.water ? waterHue(primary, brand) : primary.c < 0.02 ? accent.h : primary.h;
  const chroma = Math.min(0.11, Math.max(0.035, primary.c));
  const plane = (depth: number, far: number, near: number): string =>
    fromOklch({ l: lerp(far, near, depth), c: chroma * lerp(0.75, 0.6, depth), h: hue + lerp(-6, 6, depth) });
  const ramp = (far: number, near: number): Palette['planes'] => [
    plane(0, far, near),
    plane(0.28, far, near),
    plane(0.52, far, near),
    plane(0.76, far, near),
    plane(1, far, near),
  ];
  const paper = fromOklch({ l: 0.965, c: 0.012, h: accent.h });
  const ink = fromOklch({ l: 0.21, c: Math.min(0.04, primary.c), h: hue });
  const accentHex = fromOklch({ l: clampTo(accent.l, 0.64, 0.8), c: Math.max(0.11, accent.c), h: accent.h });
  const grounds = {
    day: {
      sky: fromOklch({ l: 0.87, c: 0.042, h: hue }),
      haze: fromOklch({ l: 0.91, c: 0.032, h: hue }),
      sun: fromOklch({ l: 0.965, c: 0.03, h: accent.h }),
      planes: ramp(0.7, 0.29),
    },
    dusk: {
      sky: fromOklch({ l: 0.77, c: Math.min(0.12, Math.max(0.08, accent.c)), h: accent.h }),
      haze: fromOklch({ l: 0.815, c: 0.09, h: accent.h + 6 }),
      sun: fromOklch({ l: 0.945, c: 0.06, h: accent.h + 14 }),
      planes: ramp(0.55, 0.23),
    },
    night: {
      sky: fromOklch({ l: 0.36, c: Math.min(0.085, chroma), h: hue }),
      haze: fromOklch({ l: 0.41, c: Math.min(0.085, chroma), h: hue }),
      sun: fromOklch({ l: 0.93, c: 0.05, h: accent.h }),
      planes: ramp(0.5, 0.21),
    },
  }[light];
  const primaryHex = fromOklch({ l: clampTo(primary.l, 0.3, 0.62), c: primary.c, h: primary.h });
  const text = [paper, ink];
  return {
    light,
    ...grounds,
    accent: accentHex,
    accentDeep: fromOklch({
      l: clampTo(accent.l, 0.64, 0.8) - 0.16,
      c: Math.max(0.09, accent.c),
      h: accent.h,
    }),
    primary: primaryHex,
    primaryLift: fromOklch({ l: clampTo(primary.l, 0.3, 0.62) + 0.045, c: primary.c, h: primary.h }),
    paper,
    ink,
    onSky: mostReadable(grounds.sky, text),
    onPrimary: mostReadable(primaryHex, text),
    onAccent: mostReadable(accentHex, text),
  };
}

/** White and pale gray cannot carry a picture: ink stands in for them. */
function leading(color: Oklch): Oklch {
  return color.c < 0.03 && color.l > 0.7 ? { ...color, l: 0.32 } : color;
}

/** Water in a brand's red would be blood: the coolest of its colours, or else a quiet blue. */
function waterHue(primary: Oklch, brand: readonly Oklch[]): number {
  const cool = (o: Oklch): boolean => o.c > 0.03 && o.h > 140 && o.h < 310;
  return (cool(primary) ? primary : brand.find(cool))?.h ?? 235;
}

/** The brand's second colour if it can be told from the first; else one across the wheel. */
function pickAccent(primary: Oklch, others: readonly Oklch[]): Oklch {
  const distinct = others
    .filter((o) => o.c > 0.04)
    .sort((a, b) => b.c * hueDistance(b.h, primary.h) - a.c * hueDistance(a.h, primary.h))[0];
  if (distinct && (hueDistance(distinct.h, primary.h) > 25 || Math.abs(distinct.l - primary.l) > 0.2)) {
    return distinct;
  }
  // Warm beside cool and the other way round keeps the pair calm.
  const warm = primary.h < 110 || primary.h > 330;
  return { l: 0.74, c: 0.13, h: warm ? 205 : 68 };
}

function hueDistance(a: number, b: number): number {
  const d = Math.abs(a - b) % 360;
  return d > 180 ? 360 - d : d;
}

function clampTo(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Contrast that large text needs, WCAG 2.1 AA. */
export const LARGE_TEXT_CONTRAST = 3;

/** True when every text colour of the palette reads on its ground. */
export function isReadable(palette: Palette): boolean {
  return (
    contrast(palette.sky, palette.onSky) >= LARGE_TEXT_CONTRAST &&
    contrast(palette.primary, palette.onPrimary) >= LARGE_TEXT_CONTRAST &&
    contrast(palette.accent, palette.onAccent) >= LARGE_TEXT_CONTRAST
  );
}
