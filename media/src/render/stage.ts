import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Palette } from './palette.ts';
import type { Random } from './random.ts';

export type Ctx = SKRSContext2D;

/** Height of the drawing space; the width follows from the picture's shape. */
export const STAGE_HEIGHT = 1080;

/** What a motif is made from, once per clip. */
export interface MotifSetting {
  width: number;
  height: number;
  palette: Palette;
  /** A sequence of its own for every label. */
  random: (label: string) => Random;
  /** A close shot sits lower and larger, with fewer planes. */
  shot: 'wide' | 'close';
  initial: string;
}

/** The moment that is drawn. */
export interface Moment {
  seconds: number;
  /** 0 at the first frame, 1 at the last. */
  part: number;
}

/** Paints the whole stage. Leaves the upper left calm: words stand there. */
export type Motif = (ctx: Ctx, at: Moment) => void;

export function fillAll(ctx: Ctx, setting: MotifSetting, color: string): void {
  ctx.fillStyle = color;
  ctx.fillRect(0, 0, setting.width, setting.height);
}

export function disc(ctx: Ctx, x: number, y: number, radius: number, color: string): void {
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.arc(x, y, Math.max(0, radius), 0, Math.PI * 2);
  ctx.fill();
}

export function polygon(ctx: Ctx, points: readonly (readonly [number, number])[], color: string): void {
  ctx.fillStyle = color;
  ctx.beginPath();
  for (const [i, [x, y]] of points.entries()) i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y);
  ctx.closePath();
  ctx.fill();
}

export function pill(ctx: Ctx, x: number, y: number, width: number, height: number, color: string): void {
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, Math.min(width, height) / 2);
  ctx.fill();
}

/** Runs `paint` with its own transform, clip and alpha. */
export function scoped(ctx: Ctx, paint: () => void): void {
  ctx.save();
  try {
    paint();
  } finally {
    ctx.restore();
  }
}
