import { easeInOut } from './easing.ts';
import type { Random } from './random.ts';
import { makeSky } from './sky.ts';
import { type Ctx, type Motif, type MotifSetting, polygon, scoped } from './stage.ts';

interface Ridge {
  points: [number, number][];
  pines: { x: number; y: number; size: number }[];
}

const PAN = 260;

/** Ridges in five planes that slide at their own speed; pines, a walker, birds, a rising sun. */
export function hillsMotif(setting: MotifSetting): Motif {
  const { width, height, palette } = setting;
  const random = setting.random('hills');
  const soft = random.next() < 0.5;
  const direction = random.next() < 0.5 ? 1 : -1;
  const close = setting.shot === 'close';
  const tops = close ? [0.5, 0.57, 0.66, 0.75, 0.85] : [0.53, 0.6, 0.69, 0.78, 0.87];
  const ridges = tops.map((top, plane) => makeRidge(random, width, height, top, plane, close));
  const sky = makeSky(setting, { birds: true, sunFrom: 0.5, sunTo: 0.24 });
  const walker = { from: width * 0.5, stride: 34 };

  return (ctx, at) => {
    sky(ctx, at);
    const camera = direction * PAN * (easeInOut(0.1 + 0.8 * at.part) - 0.5);
    for (const [plane, ridge] of ridges.entries()) {
      const depth = [0.1, 0.2, 0.38, 0.66, 1][plane] as number;
      const color = palette.planes[plane] as string;
      scoped(ctx, () => {
        ctx.translate(-camera * depth, 0);
        if (plane === 3) {
          const x = walker.from + walker.stride * at.seconds * direction;
          drawWalker(
            ctx,
            x,
            heightAt(ridge.points, x),
            at.seconds,
            direction,
            palette.planes[4],
            palette.accent,
          );
        }
        drawRidge(ctx, ridge.points, width, height, soft, color);
        for (const pine of ridge.pines) drawPine(ctx, pine.x, pine.y, pine.size, at.seconds, color);
      });
    }
  };
}

function makeRidge(
  random: Random,
  width: number,
  height: number,
  top: number,
  plane: number,
  close: boolean,
): Ridge {
  const step = (plane < 2 ? 210 : 170) * (close ? 1.35 : 1);
  const amplitude = height * [0.085, 0.075, 0.06, 0.05, 0.035][plane]! * (close ? 1.25 : 1);
  const points: [number, number][] = [];
  let level = random.between(-0.4, 0.4);
  for (let x = -PAN - step; x <= width + PAN + step; x += step) {
    // Pulled back to the middle, so no ridge wanders off.
    level = level * 0.35 + random.between(-1, 1) * 0.85;
    points.push([x + random.between(-0.2, 0.2) * step, height * top + level * amplitude]);
  }
  const pines: Ridge['pines'] = [];
  if (plane >= 3) {
    const count = plane === 3 ? 9 : 13;
    for (let i = 0; i < count; i++) {
      // In groups, with clearings.
      const x = -PAN + ((Math.floor(i / 3) * 3 + random.between(0, 1.6)) / count) * (width + 2 * PAN);
      pines.push({
        x,
        y: heightAt(points, x) + 10,
        size: random.between(0.75, 1.35) * (plane === 3 ? 78 : 128),
      });
    }
  }
  return { points, pines };
}

function drawRidge(
  ctx: Ctx,
  points: readonly [number, number][],
  width: number,
  height: number,
  soft: boolean,
  color: string,
): void {
  const first = points[0] as [number, number];
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.moveTo(first[0], height + 10);
  ctx.lineTo(first[0], first[1]);
  for (let i = 1; i < points.length; i++) {
    const [x, y] = points[i] as [number, number];
    const [px, py] = points[i - 1] as [number, number];
    if (soft) {
      const mid = (px + x) / 2;
      ctx.bezierCurveTo(mid, py, mid, y, x, y);
    } else ctx.lineTo(x, y);
  }
  ctx.lineTo(Math.max(width + PAN, (points.at(-1) as [number, number])[0]), height + 10);
  ctx.closePath();
  ctx.fill();
}

/** Height of the crisp ridge line at x. */
function heightAt(points: readonly [number, number][], x: number): number {
  for (let i = 1; i < points.length; i++) {
    const [bx, by] = points[i] as [number, number];
    const [ax, ay] = points[i - 1] as [number, number];
    if (x >= ax && x <= bx) return ay + ((by - ay) * (x - ax)) / (bx - ax);
  }
  return (points.at(-1) as [number, number])[1];
}

function drawPine(ctx: Ctx, x: number, y: number, size: number, seconds: number, color: string): void {
  const lean = Math.sin(seconds * 1.1 + x * 0.01) * size * 0.02;
  ctx.fillStyle = color;
  ctx.fillRect(x - size * 0.035, y - size * 0.2, size * 0.07, size * 0.3);
  for (let tier = 0; tier < 3; tier++) {
    const base = y - size * (0.12 + tier * 0.26);
    const half = size * (0.27 - tier * 0.065);
    const tip = lean * (tier + 1);
    polygon(
      ctx,
      [
        [x - half + tip * 0.6, base],
        [x + half + tip * 0.6, base],
        [x + tip, base - size * 0.42],
      ],
      color,
    );
  }
}

function drawWalker(
  ctx: Ctx,
  x: number,
  y: number,
  seconds: number,
  direction: number,
  body: string,
  pack: string,
): void {
  const swing = Math.sin(seconds * 6.2);
  scoped(ctx, () => {
    ctx.translate(x, y + 8 - Math.abs(swing) * 2);
    ctx.scale(direction * 1.25, 1.25);
    ctx.strokeStyle = body;
    ctx.lineCap = 'round';
    ctx.lineWidth = 8;
    for (const side of [1, -1]) {
      ctx.beginPath();
      ctx.moveTo(0, -32);
      ctx.lineTo(side * swing * 10, -2);
      ctx.stroke();
    }
    ctx.fillStyle = pack;
    ctx.beginPath();
    ctx.roundRect(-17, -64, 12, 26, 5);
    ctx.fill();
    ctx.fillStyle = body;
    ctx.beginPath();
    ctx.roundRect(-8, -68, 16, 40, 7);
    ctx.fill();
    ctx.beginPath();
    ctx.arc(2, -78, 9, 0, Math.PI * 2);
    ctx.fill();
    ctx.lineWidth = 3;
    ctx.beginPath();
    ctx.moveTo(6, -54);
    ctx.lineTo(20 + swing * 4, -40);
    ctx.lineTo(22 + swing * 9, -2);
    ctx.stroke();
  });
}
