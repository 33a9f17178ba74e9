import { contrast } from './color.ts';
import { easeOut } from './easing.ts';
import type { Palette } from './palette.ts';
import { makeSky } from './sky.ts';
import { type Ctx, type Motif, type MotifSetting, pill, polygon, scoped } from './stage.ts';

/** Rolling planes of water, a vessel that crosses them, far islands, light on the water. */
export function seaMotif(setting: MotifSetting): Motif {
  const { width, height, palette } = setting;
  const random = setting.random('sea');
  const close = setting.shot === 'close';
  const vessel = random.pick(['sail', 'ferry'] as const);
  const direction = random.next() < 0.5 ? 1 : -1;
  const horizon = height * (close ? 0.55 : 0.575);
  const sunX = 0.75 * width;
  const sky = makeSky(setting, { birds: true, sunFrom: 0.44, sunTo: 0.27 });
  const waves = [0, 1, 2, 3].map((i) => ({
    y: horizon + height * [0.015, 0.105, 0.2, 0.305][i]!,
    amplitude: [7, 13, 20, 27][i]! * (close ? 1.3 : 1),
    length: [230, 330, 450, 600][i]!,
    speed: random.between(0.75, 1.15) * (i % 2 === 0 ? 1 : -1) * [0.7, 0.8, 0.9, 1][i]!,
    phase: random.between(0, 6),
    color: palette.planes[i + 1] as string,
  }));
  const islands = Array.from({ length: 2 }, (_, i) => ({
    x: width * (i === 0 ? random.between(-0.02, 0.12) : random.between(0.5, 0.6)),
    w: width * random.between(0.2, 0.3),
    h: height * random.between(0.05, 0.095),
  }));
  const glints = Array.from({ length: 16 }, (_, i) => ({
    x: sunX + random.between(-1, 1) * (30 + i * 7),
    y: horizon + 14 + i * 12,
    w: random.between(30, 100),
    beat: random.between(0.8, 1.8),
  }));
  const scale = (close ? 1.7 : 1.2) * (vessel === 'sail' ? 1.05 : 1);

  const surface = (i: number, x: number, seconds: number): number => {
    const wave = waves[i]!;
    const a = (x / wave.length) * Math.PI * 2 + seconds * wave.speed + wave.phase;
    return (
      wave.y - wave.amplitude * (Math.abs(Math.sin(a / 2)) ** 1.4 * 2 - 1 + 0.25 * Math.sin(a * 1.7 + 1))
    );
  };

  return (ctx, at) => {
    sky(ctx, at);
    for (const island of islands) {
      const x = island.x - at.seconds * 5 * direction;
      polygon(
        ctx,
        [
          [x - 20, horizon + 60],
          [x + island.w * 0.2, horizon - island.h * 0.55],
          [x + island.w * 0.38, horizon - island.h * 0.4],
          [x + island.w * 0.55, horizon - island.h],
          [x + island.w + 20, horizon + 60],
        ],
        palette.planes[0],
      );
    }
    for (const [i, wave] of waves.entries()) {
      if (i === 2) {
        const run = easeOut(Math.min(1, at.seconds / 3.2)) * 0.14 + at.part * 0.07;
        const x = width * (direction > 0 ? 0.5 + run : 0.8 - run);
        const y = surface(1, x, at.seconds);
        const slope = (surface(1, x + 60, at.seconds) - surface(1, x - 60, at.seconds)) / 120;
        scoped(ctx, () => {
          ctx.translate(x, y + 26);
          ctx.rotate(slope * 0.45);
          ctx.scale(scale * direction, scale);
          if (vessel === 'sail') drawSail(ctx, at.seconds, setting);
          else drawFerry(ctx, at.seconds, setting);
        });
      }
      ctx.fillStyle = wave.color;
      ctx.beginPath();
      ctx.moveTo(-10, height + 10);
      for (let x = -10; x <= width + 20; x += 20) ctx.lineTo(x, surface(i, x, at.seconds));
      ctx.lineTo(width + 10, height + 10);
      ctx.closePath();
      ctx.fill();
      if (i === 1) {
        ctx.globalAlpha = 0.5;
        for (const glint of glints) {
          const w = glint.w * (0.6 + 0.4 * Math.sin(at.seconds * glint.beat + glint.x));
          if (glint.y < waves[2]!.y + 60) pill(ctx, glint.x - w / 2, glint.y + 16, w, 5, palette.sun);
        }
        ctx.globalAlpha = 1;
      }
    }
  };
}

/** The brand colour that is seen against the water. */
function hullColor(palette: Palette): string {
  const water = palette.planes[2];
  return [palette.accentDeep, palette.primary].find((c) => contrast(c, water) > 1.7) ?? palette.accent;
}

function drawSail(ctx: Ctx, seconds: number, setting: MotifSetting): void {
  const { palette } = setting;
  const belly = 16 + 6 * Math.sin(seconds * 1.7);
  ctx.fillStyle = palette.ink;
  ctx.fillRect(-3, -232, 6, 210);
  ctx.fillStyle = palette.paper;
  ctx.beginPath();
  ctx.moveTo(6, -228);
  ctx.quadraticCurveTo(80 + belly, -120, 112, -42);
  ctx.lineTo(6, -42);
  ctx.closePath();
  ctx.fill();
  ctx.fillStyle = palette.accent;
  ctx.beginPath();
  ctx.moveTo(-8, -208);
  ctx.quadraticCurveTo(-40 - belly * 0.5, -120, -84, -42);
  ctx.lineTo(-8, -42);
  ctx.closePath();
  ctx.fill();
  polygon(
    ctx,
    [
      [-120, -28],
      [134, -28],
      [96, 30],
      [-92, 30],
    ],
    hullColor(palette),
  );
  ctx.fillStyle = palette.paper;
  ctx.fillRect(-117, -28, 248, 8);
}

function drawFerry(ctx: Ctx, seconds: number, setting: MotifSetting): void {
  const { palette } = setting;
  for (let i = 0; i < 5; i++) {
    const age = (seconds * 0.5 + i / 5) % 1;
    ctx.globalAlpha = 0.6 * (1 - age);
    ctx.fillStyle = palette.haze;
    ctx.beginPath();
    ctx.arc(-24 - age * 120, -196 - age * 46, 10 + age * 22, 0, Math.PI * 2);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
  ctx.fillStyle = palette.primary;
  ctx.fillRect(-40, -188, 36, 58);
  ctx.fillStyle = palette.accent;
  ctx.fillRect(-40, -176, 36, 12);
  ctx.fillStyle = palette.paper;
  ctx.fillRect(-96, -132, 150, 44);
  ctx.fillRect(-140, -90, 236, 60);
  ctx.fillStyle = palette.planes[3];
  for (let i = 0; i < 8; i++) ctx.fillRect(-122 + i * 26, -72, 16, 13);
  polygon(
    ctx,
    [
      [-186, -32],
      [190, -32],
      [132, 34],
      [-138, 34],
    ],
    hullColor(palette),
  );
}
