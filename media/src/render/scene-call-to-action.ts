import { easeOut, lerp, progress } from './easing.ts';
import {
  badgeOn,
  drawBrandSign,
  drawCallToAction,
  type Scene,
  type SceneSetting,
  safeBox,
} from './scene-parts.ts';
import { type Ctx, type Moment, scoped } from './stage.ts';
import { drawText, fitText } from './type-setting.ts';

/** Closes the spot: who it was, and what to do now. */
export function callToActionScene(ctx: Ctx, s: SceneSetting): Scene {
  const split = !s.portrait && s.variant % 3 === 1;
  const ground = [ringsGround, splitGround, horizonGround][
    split ? 1 : s.variant % 3 === 1 ? 0 : s.variant % 3
  ] as typeof ringsGround;
  const onSky = ground === horizonGround;
  const color = onSky ? s.palette.onSky : s.palette.onPrimary;
  const box = safeBox(s);
  const badge = badgeOn(onSky ? s.palette.sky : s.palette.primary, s.palette);
  const left = split || (onSky && !s.portrait);
  const align = left ? 'left' : 'center';
  const maxWidth = left ? s.width * (split ? 0.34 : s.titleShare) : box.w * (s.portrait ? 1 : 0.8);
  const brand = fitText(ctx, s.look.brandName, {
    weight: 'bold',
    maxWidth,
    maxLines: 2,
    maxHeight: s.height * 0.27,
    maxSize: 170,
    minSize: 56,
  });
  const line = fitText(ctx, s.look.title, {
    weight: 'medium',
    maxWidth,
    maxLines: 2,
    maxSize: 58,
    minSize: 34,
    leading: 1.2,
  });
  const sign = 66;
  const gap = { sign: 66, brand: 22, line: 56 };
  const pillHeight = 112;
  const total = sign * 2 + gap.sign + brand.height + gap.brand + line.height + gap.line + pillHeight;
  const x = left ? box.x : s.width / 2;
  const top = onSky && !s.portrait ? box.y + 6 : Math.max(box.y, (s.height - total) / 2);
  return (c, at) => {
    ground(c, s, at);
    let y = top;
    drawBrandSign(c, left ? x + sign * 1.3 : x, y + sign, sign, s, badge, at.seconds, at.seconds - 0.1);
    y += sign * 2 + gap.sign;
    drawText(c, brand, {
      x,
      y,
      align,
      color,
      barColor: badge.figure,
      reveal: s.reveal,
      seconds: at.seconds - 0.35,
    });
    y += brand.height + gap.brand;
    drawText(c, line, {
      x,
      y,
      align,
      color,
      barColor: badge.figure,
      reveal: 'rise',
      seconds: at.seconds - 0.75,
    });
    y += line.height + gap.line;
    drawCallToAction(c, x, y, align, maxWidth, s, badge, at.seconds - 1.15);
  };
}

/** Rings that widen slowly on the leading colour. */
function ringsGround(c: Ctx, s: SceneSetting, at: Moment): void {
  c.fillStyle = s.palette.primary;
  c.fillRect(0, 0, s.width, s.height);
  const far = Math.hypot(s.width, s.height) * 0.62;
  const step = far / 6;
  const [x, y] = [s.width / 2, s.height / 2];
  for (let i = 8; i >= 0; i--) {
    const radius = (i + ((at.seconds * 0.26) % 1)) * step;
    c.fillStyle = (i + Math.floor(at.seconds * 0.26)) % 2 === 0 ? s.palette.primaryLift : s.palette.primary;
    c.beginPath();
    c.arc(x, y, radius, 0, Math.PI * 2);
    c.fill();
  }
  // Far enough from the middle to stay clear of the words.
  const bodies = [
    s.palette.accent,
    s.palette.paper,
    s.palette.accentDeep,
    s.palette.accent,
    s.palette.planes[0],
  ];
  for (const [i, color] of bodies.entries()) {
    const angle = at.seconds * (0.34 - i * 0.03) + i * 1.32 + 0.5;
    const reach = 0.86 + 0.1 * i;
    c.fillStyle = color;
    c.beginPath();
    c.arc(
      x + Math.cos(angle) * s.width * 0.5 * reach,
      y + Math.sin(angle) * s.height * 0.56 * reach,
      26 + 13 * (i % 3),
      0,
      Math.PI * 2,
    );
    c.fill();
  }
}

/** The place once more, in a disc that swings in from the right. */
function splitGround(c: Ctx, s: SceneSetting, at: Moment): void {
  c.fillStyle = s.palette.primary;
  c.fillRect(0, 0, s.width, s.height);
  const come = easeOut(progress(at.seconds, -0.3, 1.1));
  const radius = s.height * lerp(0.5, 0.66, come) + 14 * Math.sin(at.seconds * 0.9);
  const x = s.width * lerp(1.06, 0.9, come);
  const y = s.height * 0.52;
  c.fillStyle = s.palette.accent;
  c.beginPath();
  c.arc(x - 34, y + 22, radius, 0, Math.PI * 2);
  c.fill();
  scoped(c, () => {
    c.beginPath();
    c.arc(x, y, radius, 0, Math.PI * 2);
    c.clip();
    c.translate(x - s.width * 0.7, 0);
    s.motif(c, at);
  });
}

/** The place, lowered, so that the sky carries the words. */
function horizonGround(c: Ctx, s: SceneSetting, at: Moment): void {
  c.fillStyle = s.palette.sky;
  c.fillRect(0, 0, s.width, s.height);
  scoped(c, () => {
    c.translate(0, s.height * (0.34 - 0.08 * easeOut(at.part)));
    s.motif(c, at);
  });
}
