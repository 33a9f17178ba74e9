import { easeInOut } from './easing.ts';
import { makeSky } from './sky.ts';
import { type Ctx, type Motif, type MotifSetting, polygon, scoped } from './stage.ts';

interface Building {
  x: number;
  w: number;
  h: number;
  roof: 'flat' | 'slope' | 'steps' | 'mast';
  windows: { x: number; y: number; lit: boolean; at: number }[];
}

const PAN = 300;

/** Three rows of houses with windows that light up one by one, a viaduct and a train. */
export function cityMotif(setting: MotifSetting): Motif {
  const { width, height, palette } = setting;
  const random = setting.random('city');
  const close = setting.shot === 'close';
  const direction = random.next() < 0.5 ? 1 : -1;
  const zoom = close ? 1.3 : 1;
  const sky = makeSky(setting, { birds: false, sunFrom: 0.42, sunTo: 0.24 });
  const ground = height * 0.86;

  const rows = [0, 1, 2].map((row) => {
    const buildings: Building[] = [];
    const tall = height * [0.36, 0.29, 0.2][row]! * (close ? 1.1 : 1);
    let x = -PAN;
    while (x < width + PAN) {
      const w = random.between(90, 190) * zoom * [0.85, 1, 1.2][row]!;
      // Lower at the left, where words stand.
      const lean = 0.72 + 0.38 * Math.min(1, Math.max(0, x / width));
      const h = tall * random.between(0.55, 1) * lean;
      const roof = random.pick(['flat', 'flat', 'slope', 'steps', 'mast'] as const);
      buildings.push({ x, w, h, roof, windows: row === 0 ? [] : makeWindows(w, h, zoom, random.next) });
      x += w + random.between(row === 2 ? 18 : -6, row === 2 ? 70 : 16);
    }
    return buildings;
  });
  const colors = [palette.planes[0], palette.planes[1], palette.planes[2]];
  const lit = palette.light === 'day' ? palette.haze : palette.sun;

  return (ctx, at) => {
    sky(ctx, at);
    const camera = direction * PAN * (easeInOut(0.1 + at.part * 0.8) - 0.5);
    for (const [row, buildings] of rows.entries()) {
      scoped(ctx, () => {
        ctx.translate(-camera * [0.18, 0.42, 0.7][row]!, 0);
        const color = colors[row]!;
        for (const b of buildings)
          drawBuilding(ctx, b, ground, color, lit, palette.planes[Math.min(4, row + 1)]!, at);
      });
    }
    ctx.fillStyle = palette.planes[3];
    ctx.fillRect(0, ground - 34, width, height);
    scoped(ctx, () => {
      ctx.translate(-camera, 0);
      ctx.fillStyle = palette.planes[2];
      for (let x = -PAN * 2; x < width + PAN * 2; x += 168) {
        ctx.beginPath();
        ctx.roundRect(x, ground + 8, 118, height, [59, 59, 0, 0]);
        ctx.fill();
      }
    });
    const travel = (width + 1500) * easeInOut(Math.min(1, 0.14 + at.part * 0.74));
    drawTrain(
      ctx,
      direction > 0 ? -1000 + travel : width + 1000 - travel,
      ground - 36,
      direction,
      setting,
      zoom,
    );
    ctx.fillStyle = palette.planes[4];
    ctx.fillRect(0, ground - 22, width, 14);
    for (let x = -PAN; x < width + PAN; x += 420) {
      const post = x - camera * 1.25;
      ctx.fillRect(post, ground - 140, 7, 140);
      ctx.fillRect(post - 30, ground - 140, 66, 6);
    }
    ctx.fillRect(0, height * 0.965, width, height);
  };
}

function makeWindows(w: number, h: number, zoom: number, next: () => number): Building['windows'] {
  const windows: Building['windows'] = [];
  const step = 32 * zoom;
  for (let y = 26 * zoom; y < h - 20; y += step * 1.15) {
    for (let x = 16 * zoom; x < w - 20 * zoom; x += step)
      windows.push({ x, y, lit: next() < 0.42, at: next() * 6 - 2.5 });
  }
  return windows;
}

function drawBuilding(
  ctx: Ctx,
  b: Building,
  ground: number,
  color: string,
  lit: string,
  dark: string,
  at: { seconds: number },
): void {
  const top = ground - b.h;
  ctx.fillStyle = color;
  ctx.fillRect(b.x, top, b.w, b.h + 40);
  if (b.roof === 'slope')
    polygon(
      ctx,
      [
        [b.x, top + 1],
        [b.x + b.w, top + 1],
        [b.x + b.w, top - b.w * 0.32],
      ],
      color,
    );
  if (b.roof === 'steps') {
    ctx.fillRect(b.x + b.w * 0.18, top - 24, b.w * 0.64, 26);
    ctx.fillRect(b.x + b.w * 0.34, top - 46, b.w * 0.32, 26);
  }
  if (b.roof === 'mast') ctx.fillRect(b.x + b.w / 2 - 2.5, top - 70, 5, 72);
  for (const w of b.windows) {
    const glow = w.lit ? Math.min(1, Math.max(0, (at.seconds - w.at) / 0.6)) : 0;
    ctx.fillStyle = dark;
    ctx.fillRect(b.x + w.x, top + w.y, 15, 20);
    if (glow > 0) {
      ctx.globalAlpha = glow;
      ctx.fillStyle = lit;
      ctx.fillRect(b.x + w.x, top + w.y, 15, 20);
      ctx.globalAlpha = 1;
    }
  }
}

function drawTrain(
  ctx: Ctx,
  x: number,
  y: number,
  direction: number,
  setting: MotifSetting,
  zoom: number,
): void {
  const { palette } = setting;
  scoped(ctx, () => {
    ctx.translate(x, y);
    ctx.scale(direction * zoom, zoom);
    for (let car = 0; car < 4; car++) {
      const left = -car * 262;
      ctx.fillStyle = palette.paper;
      ctx.beginPath();
      ctx.roundRect(left, -74, 252, 78, car === 0 ? [10, 44, 8, 8] : 10);
      ctx.fill();
      ctx.fillStyle = palette.accent;
      ctx.fillRect(left, -22, 252, 12);
      ctx.fillStyle = palette.planes[3];
      for (let i = 0; i < 5; i++) {
        ctx.beginPath();
        ctx.roundRect(left + 16 + i * 46, -60, 34, 26, 5);
        ctx.fill();
      }
      ctx.fillRect(left + 24, 2, 60, 8);
      ctx.fillRect(left + 168, 2, 60, 8);
    }
  });
}
