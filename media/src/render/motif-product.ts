import { easeInOut, easeOutBack, progress } from './easing.ts';
import { fontOf } from './fonts.ts';
import { type Ctx, disc, fillAll, type Motif, type MotifSetting, scoped } from './stage.ts';

/** A still life that is not still: one object on a table, a plant, light that wanders over the wall. */
export function productMotif(setting: MotifSetting): Motif {
  const { width, height, palette } = setting;
  const random = setting.random('product');
  const close = setting.shot === 'close';
  const hero = random.pick(['mug', 'bottle', 'parcel'] as const);
  const wall = random.pick(['arch', 'disc'] as const);
  const table = height * 0.76;
  const x = width * random.between(0.66, 0.72);
  const zoom = close ? 1.5 : 1.22;
  const tilt = random.between(0.28, 0.4);
  const leaves = Array.from({ length: 7 }, (_, i) => ({
    angle: -1.15 + i * 0.38 + random.between(-0.06, 0.06),
    length: random.between(150, 235),
    beat: random.between(0.9, 1.5),
  }));
  const motes = Array.from({ length: 14 }, () => ({
    x: random.between(0.4, 1) * width,
    y: random.between(0.12, 0.7) * height,
    r: random.between(3, 8),
    speed: random.between(8, 24),
  }));
  const dark = palette.light === 'night';

  return (ctx, at) => {
    fillAll(ctx, setting, palette.sky);
    const push = 1 + 0.085 * easeInOut(0.08 + at.part * 0.84);
    scoped(ctx, () => {
      ctx.translate(x, table);
      ctx.scale(push, push);
      ctx.translate(-x, -table);
      drawWindowLight(ctx, width, height, at.seconds, tilt, palette.haze);
      const rise = easeOutBack(progress(at.seconds, -0.7, 1.1));
      ctx.fillStyle = dark ? palette.planes[1] : palette.accent;
      if (wall === 'disc') disc(ctx, x, table - 250 * rise, 330, ctx.fillStyle);
      else {
        ctx.beginPath();
        ctx.roundRect(x - 270, table - 640 * rise, 540, 900, 270);
        ctx.fill();
      }
      ctx.fillStyle = palette.planes[2];
      ctx.fillRect(-200, table, width + 400, height);
      ctx.fillStyle = palette.planes[3];
      ctx.fillRect(-200, table + 118, width + 400, height);
      drawPlant(ctx, x + 300, table + 24, leaves, at.seconds, setting);
      scoped(ctx, () => {
        const drop = easeOutBack(progress(at.seconds, -0.35, 0.75));
        ctx.translate(x - 40, table + 52 - (1 - drop) * 120);
        ctx.scale(zoom, zoom);
        ctx.globalAlpha = 0.22;
        ctx.fillStyle = palette.ink;
        ctx.beginPath();
        ctx.ellipse(8, 2, 132, 15, 0, 0, Math.PI * 2);
        ctx.fill();
        ctx.globalAlpha = 1;
        if (hero === 'mug') drawMug(ctx, at.seconds, setting);
        else if (hero === 'bottle') drawBottle(ctx, at.seconds, setting);
        else drawParcel(ctx, at.seconds, setting);
      });
      disc(ctx, x - 300 + 26 * Math.sin(at.seconds * 0.9), table + 34, 46, palette.accentDeep);
      disc(ctx, x - 312 + 26 * Math.sin(at.seconds * 0.9), table + 20, 14, palette.accent);
    });
    ctx.globalAlpha = 0.55;
    for (const mote of motes) {
      disc(
        ctx,
        mote.x + 18 * Math.sin(at.seconds * 0.7 + mote.y),
        mote.y - mote.speed * at.seconds,
        mote.r,
        palette.sun,
      );
    }
    ctx.globalAlpha = 1;
  };
}

/** Slanting panes of light that move as the day does. */
function drawWindowLight(
  ctx: Ctx,
  width: number,
  height: number,
  seconds: number,
  tilt: number,
  color: string,
): void {
  ctx.fillStyle = color;
  for (let pane = 0; pane < 5; pane++) {
    const left = width * (-0.1 + pane * 0.24) + seconds * 24;
    ctx.beginPath();
    ctx.moveTo(left, -20);
    ctx.lineTo(left + width * 0.13, -20);
    ctx.lineTo(left + width * 0.13 - height * tilt, height);
    ctx.lineTo(left - height * tilt, height);
    ctx.closePath();
    ctx.fill();
  }
}

function drawPlant(
  ctx: Ctx,
  x: number,
  y: number,
  leaves: readonly { angle: number; length: number; beat: number }[],
  seconds: number,
  setting: MotifSetting,
): void {
  const { palette } = setting;
  for (const [i, leaf] of leaves.entries()) {
    scoped(ctx, () => {
      ctx.translate(x, y - 110);
      ctx.rotate(leaf.angle + 0.06 * Math.sin(seconds * leaf.beat + i));
      ctx.fillStyle = i % 2 === 0 ? palette.planes[3] : palette.planes[4];
      ctx.beginPath();
      ctx.moveTo(0, 0);
      ctx.quadraticCurveTo(-46, -leaf.length * 0.55, 0, -leaf.length);
      ctx.quadraticCurveTo(46, -leaf.length * 0.55, 0, 0);
      ctx.fill();
    });
  }
  ctx.fillStyle = palette.paper;
  ctx.beginPath();
  ctx.moveTo(x - 74, y - 120);
  ctx.lineTo(x + 74, y - 120);
  ctx.lineTo(x + 52, y + 20);
  ctx.lineTo(x - 52, y + 20);
  ctx.closePath();
  ctx.fill();
  ctx.fillStyle = palette.accentDeep;
  ctx.fillRect(x - 69, y - 90, 138, 16);
}

function drawMug(ctx: Ctx, seconds: number, setting: MotifSetting): void {
  const { palette } = setting;
  ctx.strokeStyle = palette.paper;
  ctx.lineCap = 'round';
  ctx.globalAlpha = 0.75;
  ctx.lineWidth = 9;
  for (let i = 0; i < 3; i++) {
    const base = -44 + i * 44;
    ctx.beginPath();
    for (let step = 0; step <= 12; step++) {
      const y = -236 - step * 8.5;
      const sway = Math.sin(step * 0.62 - seconds * 2.6 + i * 1.4) * (4 + step * 0.9);
      step === 0 ? ctx.moveTo(base + sway, y) : ctx.lineTo(base + sway, y);
    }
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  ctx.lineWidth = 24;
  ctx.beginPath();
  ctx.arc(118, -118, 46, -1.5, 1.75);
  ctx.stroke();
  ctx.fillStyle = palette.paper;
  ctx.beginPath();
  ctx.roundRect(-122, -206, 244, 206, [10, 10, 84, 84]);
  ctx.fill();
  ctx.fillStyle = palette.ink;
  ctx.beginPath();
  ctx.ellipse(0, -204, 122, 20, 0, 0, Math.PI * 2);
  ctx.fill();
  ctx.fillStyle = palette.accentDeep;
  ctx.beginPath();
  ctx.ellipse(0, -200, 104, 13, 0, 0, Math.PI * 2);
  ctx.fill();
  monogram(ctx, 0, -104, 50, setting);
}

function drawBottle(ctx: Ctx, seconds: number, setting: MotifSetting): void {
  const { palette } = setting;
  ctx.fillStyle = palette.primary;
  ctx.beginPath();
  ctx.roundRect(-88, -300, 176, 300, [66, 66, 26, 26]);
  ctx.fill();
  ctx.fillRect(-36, -392, 72, 120);
  ctx.fillStyle = palette.ink;
  ctx.beginPath();
  ctx.roundRect(-44, -424, 88, 52, 10);
  ctx.fill();
  ctx.fillStyle = palette.paper;
  ctx.fillRect(-88, -212, 176, 146);
  ctx.fillStyle = palette.accent;
  ctx.fillRect(-88, -82, 176, 16);
  monogram(ctx, 0, -148, 46, setting);
  scoped(ctx, () => {
    ctx.beginPath();
    ctx.roundRect(-88, -300, 176, 300, [66, 66, 26, 26]);
    ctx.clip();
    ctx.globalAlpha = 0.22;
    ctx.fillStyle = '#ffffff';
    const shine = -70 + 26 * Math.sin(seconds * 1.2);
    ctx.fillRect(shine, -300, 20, 300);
  });
}

function drawParcel(ctx: Ctx, seconds: number, setting: MotifSetting): void {
  const { palette } = setting;
  const lift = 10 + 10 * Math.sin(seconds * 1.6);
  ctx.fillStyle = palette.primary;
  ctx.beginPath();
  ctx.roundRect(-150, -216, 300, 216, 10);
  ctx.fill();
  ctx.fillStyle = palette.paper;
  ctx.fillRect(-26, -216, 52, 216);
  scoped(ctx, () => {
    ctx.translate(0, -216 - lift);
    ctx.rotate(-0.03 + 0.02 * Math.sin(seconds * 1.6));
    ctx.fillStyle = palette.accentDeep;
    ctx.beginPath();
    ctx.roundRect(-166, -48, 332, 58, 8);
    ctx.fill();
    ctx.fillStyle = palette.paper;
    ctx.fillRect(-26, -48, 52, 58);
    ctx.strokeStyle = palette.paper;
    ctx.lineWidth = 15;
    for (const side of [-1, 1]) {
      ctx.beginPath();
      ctx.ellipse(side * 40, -78, 36, 24, side * -0.5, 0, Math.PI * 2);
      ctx.stroke();
    }
  });
  monogram(ctx, 88, -100, 38, setting);
}

function monogram(ctx: Ctx, x: number, y: number, radius: number, setting: MotifSetting): void {
  const { palette } = setting;
  disc(ctx, x, y, radius, palette.accent);
  ctx.fillStyle = palette.onAccent;
  ctx.font = fontOf('bold', radius * 1.15);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(setting.initial, x, y + radius * 0.05);
}
