import { easeInOut, lerp } from './easing.ts';
import { type Ctx, disc, fillAll, type Moment, type MotifSetting, pill } from './stage.ts';

/** Sky, sun with its halo, clouds and birds: what the outdoor motifs share. */
export function makeSky(setting: MotifSetting, options: { birds: boolean; sunFrom: number; sunTo: number }) {
  const { width, height, palette } = setting;
  const random = setting.random('sky');
  const sunX = width * random.between(0.7, 0.8);
  const radius = height * random.between(0.085, 0.115);
  const clouds = Array.from({ length: 4 }, (_, i) => ({
    x: random.between(-0.1, 1.05) * width,
    y: height * (0.1 + 0.085 * i + random.between(0, 0.04)),
    size: random.between(0.7, 1.3),
    speed: random.between(9, 20) * (i % 2 === 0 ? 1 : 0.7),
  }));
  const birds = Array.from({ length: 6 }, (_, i) => ({
    x: random.between(-30, 30) + (i % 3) * 62,
    y: random.between(-14, 14) + Math.floor(i / 2) * 30,
    beat: random.between(5.5, 7.5),
    size: random.between(11, 17),
  }));
  const birdY = height * random.between(0.36, 0.44);
  const fromX = width * random.between(0.5, 0.56);

  return (ctx: Ctx, at: Moment): void => {
    fillAll(ctx, setting, palette.sky);
    const sunY = height * lerp(options.sunFrom, options.sunTo, easeInOut(0.12 + at.part * 0.76));
    const breath = 1 + 0.03 * Math.sin(at.seconds * 1.3);
    for (const cloud of clouds)
      drawCloud(ctx, cloud.x + cloud.speed * at.seconds, cloud.y, cloud.size, palette.haze);
    ctx.globalAlpha = 0.5;
    disc(ctx, sunX, sunY, radius * 2.5 * breath, palette.haze);
    ctx.globalAlpha = 1;
    disc(ctx, sunX, sunY, radius * 1.6 * breath, palette.haze);
    disc(ctx, sunX, sunY, radius, palette.sun);
    if (!options.birds) return;
    ctx.strokeStyle = palette.planes[3];
    ctx.lineWidth = 3.2;
    ctx.lineJoin = 'round';
    ctx.lineCap = 'round';
    for (const bird of birds) {
      const x = fromX + bird.x + at.seconds * 46;
      const y = birdY + bird.y - at.seconds * 5;
      const wing = bird.size * (0.35 + 0.45 * Math.sin(at.seconds * bird.beat + bird.x));
      ctx.beginPath();
      ctx.moveTo(x - bird.size, y - wing);
      ctx.lineTo(x, y);
      ctx.lineTo(x + bird.size, y - wing);
      ctx.stroke();
    }
  };
}

function drawCloud(ctx: Ctx, x: number, y: number, size: number, color: string): void {
  pill(ctx, x, y, 300 * size, 34 * size, color);
  pill(ctx, x + 62 * size, y - 26 * size, 150 * size, 34 * size, color);
  pill(ctx, x + 130 * size, y + 22 * size, 210 * size, 26 * size, color);
}
