import { clamp01, easeInOut, easeOut, easeOutBack } from './easing.ts';
import { fontOf, type Weight } from './fonts.ts';
import { type Ctx, scoped } from './stage.ts';

/** How words come on: from under their line, from the side, letter by letter, or uncovered by a bar. */
export const REVEALS = ['rise', 'slide', 'letters', 'bar'] as const;
export type Reveal = (typeof REVEALS)[number];

export interface TextBlock {
  lines: readonly string[];
  size: number;
  lineHeight: number;
  width: number;
  height: number;
  weight: Weight;
}

export interface FitOptions {
  weight: Weight;
  maxWidth: number;
  maxLines: number;
  maxSize: number;
  minSize: number;
  /** Of the whole block. */
  maxHeight?: number;
  /** Distance of base lines, as a share of the size. */
  leading?: number;
}

/** Sets text in the largest size at which it fits; at the smallest size, overlong text is cut with an ellipsis. */
export function fitText(ctx: Ctx, text: string, options: FitOptions): TextBlock {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const leading = options.leading ?? 1.08;
  const block = (lines: string[], size: number): TextBlock => ({
    lines,
    size,
    lineHeight: size * leading,
    width: Math.max(0, ...lines.map((line) => ctx.measureText(line).width)),
    height: lines.length * size * leading,
    weight: options.weight,
  });
  for (let size = options.maxSize; size > options.minSize; size *= 0.94) {
    ctx.font = fontOf(options.weight, size);
    const lines = breakLines(ctx, words, options.maxWidth);
    const fits =
      lines.length <= options.maxLines &&
      lines.length * size * leading <= (options.maxHeight ?? Number.POSITIVE_INFINITY) &&
      lines.every((l) => ctx.measureText(l).width <= options.maxWidth);
    if (fits) return block(balance(ctx, words, lines.length, options.maxWidth) ?? lines, size);
  }
  ctx.font = fontOf(options.weight, options.minSize);
  const lines = breakLines(ctx, words, options.maxWidth);
  const kept = lines.slice(0, options.maxLines).map((line) => cut(ctx, line, options.maxWidth));
  if (lines.length > options.maxLines) kept.push(cut(ctx, `${kept.pop() ?? ''}…`, options.maxWidth));
  return block(kept, options.minSize);
}

function breakLines(ctx: Ctx, words: readonly string[], maxWidth: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && ctx.measureText(`${last} ${word}`).width <= maxWidth)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The same count of lines, as even as can be: no single word left over. */
function balance(ctx: Ctx, words: readonly string[], count: number, maxWidth: number): string[] | null {
  if (count < 2) return null;
  for (let width = maxWidth * 0.5; width < maxWidth; width += maxWidth * 0.04) {
    const lines = breakLines(ctx, words, width);
    if (lines.length <= count && lines.every((l) => ctx.measureText(l).width <= maxWidth)) return lines;
  }
  return null;
}

function cut(ctx: Ctx, line: string, maxWidth: number): string {
  let text = line;
  while (text.length > 2 && ctx.measureText(text).width > maxWidth)
    text = `${text.replace(/…$/, '').slice(0, -1).trimEnd()}…`;
  return text;
}

export interface DrawTextOptions {
  x: number;
  /** Top of the block. */
  y: number;
  align: 'left' | 'center';
  color: string;
  /** Of the bar that uncovers the words. */
  barColor: string;
  reveal: Reveal;
  /** Seconds since the words began to come on; negative: not yet. */
  seconds: number;
  /** Seconds until they must be gone again; omitted: they stay. */
  leaveIn?: number;
}

/** Draws a block of text at one moment of its coming on or leaving. */
export function drawText(ctx: Ctx, block: TextBlock, options: DrawTextOptions): void {
  if (options.seconds <= 0) return;
  const leaving = options.leaveIn === undefined ? 0 : easeInOut(clamp01((0.45 - options.leaveIn) / 0.45));
  if (leaving >= 1) return;
  ctx.font = fontOf(block.weight, block.size);
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  for (const [i, line] of block.lines.entries()) {
    const width = ctx.measureText(line).width;
    const left = options.align === 'center' ? options.x - width / 2 : options.x;
    const top = options.y + i * block.lineHeight;
    scoped(ctx, () => {
      ctx.globalAlpha = 1 - leaving;
      ctx.translate(0, -leaving * block.size * 0.35);
      drawLine(ctx, line, {
        ...options,
        left,
        top,
        width,
        size: block.size,
        lineHeight: block.lineHeight,
        since: options.seconds - i * 0.14,
      });
    });
  }
}

interface LinePlace extends DrawTextOptions {
  left: number;
  top: number;
  width: number;
  size: number;
  lineHeight: number;
  since: number;
}

function drawLine(ctx: Ctx, line: string, p: LinePlace): void {
  if (p.since <= 0) return;
  const base = p.top + p.size * 0.86;
  const clipLine = (): void => {
    ctx.beginPath();
    ctx.rect(p.left - p.size * 0.1, p.top - p.size * 0.1, p.width + p.size * 0.2, p.size * 1.22);
    ctx.clip();
  };
  ctx.fillStyle = p.color;
  switch (p.reveal) {
    case 'rise': {
      clipLine();
      let x = p.left;
      const space = ctx.measureText(' ').width;
      for (const [i, word] of line.split(' ').entries()) {
        const lift = 1 - easeOut(clamp01((p.since - i * 0.09) / 0.6));
        ctx.fillText(word, x, base + lift * p.size * 1.25);
        x += ctx.measureText(word).width + space;
      }
      return;
    }
    case 'slide': {
      clipLine();
      const shift = 1 - easeOut(clamp01(p.since / 0.7));
      ctx.fillText(line, p.left - shift * (p.width + p.size), base);
      return;
    }
    case 'letters': {
      const alpha = ctx.globalAlpha;
      // Kerning is kept: each letter stands where the whole line puts it.
      for (let i = 0; i < line.length; i++) {
        const amount = clamp01((p.since - i * 0.028) / 0.42);
        if (amount <= 0) continue;
        const x =
          p.left + ctx.measureText(line.slice(0, i + 1)).width - ctx.measureText(line[i] as string).width;
        ctx.globalAlpha = alpha * clamp01(amount * 2);
        ctx.fillText(line[i] as string, x, base + (1 - easeOutBack(amount)) * p.size * 0.42);
      }
      return;
    }
    case 'bar': {
      const open = easeInOut(clamp01(p.since / 0.5));
      const close = easeInOut(clamp01((p.since - 0.42) / 0.5));
      if (close > 0) {
        scoped(ctx, () => {
          ctx.beginPath();
          ctx.rect(
            p.left - p.size * 0.1,
            p.top - p.size * 0.1,
            (p.width + p.size * 0.2) * close,
            p.size * 1.22,
          );
          ctx.clip();
          ctx.fillText(line, p.left, base);
        });
      }
      if (close < 1) {
        ctx.fillStyle = p.barColor;
        const from = p.left + p.width * close;
        ctx.fillRect(from, p.top + p.size * 0.04, p.left + p.width * open - from, p.size * 0.98);
      }
      return;
    }
  }
}
