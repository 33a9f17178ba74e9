import { contrast } from './color.ts';
import { clamp01, easeOut, easeOutBack, progress } from './easing.ts';
import { fontOf } from './fonts.ts';
import type { ClipLook } from './look.ts';
import type { Palette } from './palette.ts';
import { type Ctx, disc, type Moment, type Motif, pill, scoped } from './stage.ts';
import { fitText, type Reveal } from './type-setting.ts';

/** All a scene needs; the same for every frame of a clip. */
export interface SceneSetting {
  width: number;
  height: number;
  seconds: number;
  palette: Palette;
  look: ClipLook;
  reveal: Reveal;
  motif: Motif;
  /** Whole number from the seed: which arrangement of the scene. */
  variant: number;
  portrait: boolean;
  /** Share of the width that the motif leaves calm for a title. */
  titleShare: number;
}

export type Scene = (ctx: Ctx, at: Moment) => void;

/** Share of each side kept free of words: title safe is 90 %, this is inside of it. */
export const SAFE_MARGIN = 0.1;

export function safeBox(setting: { width: number; height: number }): {
  x: number;
  y: number;
  w: number;
  h: number;
} {
  const { width, height } = setting;
  return {
    x: width * SAFE_MARGIN,
    y: height * SAFE_MARGIN,
    w: width * (1 - 2 * SAFE_MARGIN),
    h: height * (1 - 2 * SAFE_MARGIN),
  };
}

/** The brand's sign: its first letter on a disc, with an arc that turns around it. */
export function drawBrandSign(
  ctx: Ctx,
  x: number,
  y: number,
  radius: number,
  s: SceneSetting,
  badge: Badge,
  seconds: number,
  since: number,
): void {
  const grow = easeOutBack(clamp01(since / 0.7));
  if (grow <= 0) return;
  disc(ctx, x, y, radius * grow, badge.figure);
  ctx.strokeStyle = badge.figure;
  ctx.lineWidth = radius * 0.09;
  ctx.lineCap = 'round';
  ctx.beginPath();
  const turn = seconds * 1.1;
  ctx.arc(x, y, radius * 1.28 * grow, turn, turn + 1.9 * Math.PI * easeOut(clamp01(since / 1.6)));
  ctx.stroke();
  scoped(ctx, () => {
    ctx.globalAlpha = clamp01(since / 0.5);
    ctx.fillStyle = badge.text;
    ctx.font = fontOf('bold', radius * 1.1);
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(initialOf(s.look), x, y + radius * 0.39);
  });
}

/** Brand name beside a small dot, as on the corner of a poster. */
export function drawBrandTag(
  ctx: Ctx,
  place: { x: number; y: number; maxWidth: number },
  color: string,
  s: SceneSetting,
  since: number,
): void {
  const amount = easeOut(clamp01(since / 0.6));
  if (amount <= 0) return;
  const { x, y } = place;
  scoped(ctx, () => {
    ctx.globalAlpha = amount;
    const name = fitText(ctx, s.look.brandName, {
      weight: 'semibold',
      maxWidth: place.maxWidth - 40,
      maxLines: 1,
      maxSize: 38,
      minSize: 26,
    });
    disc(ctx, x + name.size * 0.36, y - name.size * 0.33, name.size * 0.36 * amount, s.palette.accentDeep);
    ctx.fillStyle = color;
    ctx.font = fontOf('semibold', name.size);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(name.lines[0] ?? '', x + name.size * 1.05 + (1 - amount) * 26, y);
  });
}

/** Colours of a sign or button: a figure and what is written on it. */
export interface Badge {
  figure: string;
  text: string;
}

/** The accent, or where that would drown in its ground, the leading colour or ink. */
export function badgeOn(ground: string, palette: Palette): Badge {
  const candidates: Badge[] = [
    { figure: palette.accent, text: palette.onAccent },
    { figure: palette.primary, text: palette.onPrimary },
    { figure: palette.ink, text: palette.paper },
    { figure: palette.paper, text: palette.ink },
  ];
  return candidates.find((c) => contrast(c.figure, ground) >= 2) ?? (candidates[0] as Badge);
}

/** Call to action: a pill that pops in, with an arrow that beckons. */
export function drawCallToAction(
  ctx: Ctx,
  x: number,
  y: number,
  align: 'left' | 'center',
  maxWidth: number,
  s: SceneSetting,
  badge: Badge,
  since: number,
): void {
  const wish = s.look.callToAction.trim();
  if (wish === '' || since <= 0) return;
  const set = fitText(ctx, wish, {
    weight: 'semibold',
    maxWidth: maxWidth - 54 * 3.4,
    maxLines: 1,
    maxSize: 54,
    minSize: 36,
  });
  const size = set.size;
  const text = set.lines[0] ?? '';
  ctx.font = fontOf('semibold', size);
  const width = ctx.measureText(text).width + size * 3.3;
  const height = size * 2.05;
  const pop = easeOutBack(progress(since, 0, 0.6));
  const breath = 1 + 0.012 * Math.sin(since * 3.2);
  scoped(ctx, () => {
    ctx.translate(align === 'center' ? x : x + width / 2, y + height / 2);
    ctx.scale(pop * breath, pop * breath);
    pill(ctx, -width / 2, -height / 2, width, height, badge.figure);
    ctx.fillStyle = badge.text;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(text, -width / 2 + size * 0.95, size * 0.35);
    ctx.strokeStyle = badge.text;
    ctx.lineWidth = size * 0.1;
    ctx.lineCap = 'round';
    ctx.lineJoin = 'round';
    const nudge = size * 0.14 * (0.5 + 0.5 * Math.sin(since * 4));
    const tip = width / 2 - size * 0.85 + nudge;
    ctx.beginPath();
    ctx.moveTo(tip - size * 0.72, 0);
    ctx.lineTo(tip, 0);
    ctx.moveTo(tip - size * 0.26, -size * 0.26);
    ctx.lineTo(tip, 0);
    ctx.lineTo(tip - size * 0.26, size * 0.26);
    ctx.stroke();
  });
}

export function initialOf(look: ClipLook): string {
  return ([...look.brandName.trim()][0] ?? '•').toUpperCase();
}
