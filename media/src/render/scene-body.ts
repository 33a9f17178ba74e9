import { easeInOut, easeOut, lerp, progress } from './easing.ts';
import { drawBrandTag, type Scene, type SceneSetting, safeBox } from './scene-parts.ts';
import { type Ctx, scoped } from './stage.ts';
import { drawText, fitText } from './type-setting.ts';

/** Makes the point: one sentence on its own ground beside a nearer view. */
export function bodyScene(ctx: Ctx, s: SceneSetting): Scene {
  const arrangements = [panel, window, band];
  return (arrangements[s.variant % arrangements.length] as typeof panel)(ctx, s);
}

function sentence(s: SceneSetting): string {
  return s.look.subtitle.trim() === '' ? s.look.title : s.look.subtitle;
}

/** A field of the leading colour that slides in from the side. */
function panel(ctx: Ctx, s: SceneSetting): Scene {
  const box = safeBox(s);
  const share = s.portrait ? 0.42 : 0.46;
  const text = fitText(ctx, sentence(s), {
    weight: 'semibold',
    maxWidth: s.portrait ? box.w : s.width * share - box.x - 70,
    maxLines: s.portrait ? 4 : 5,
    maxSize: 92,
    minSize: 40,
    leading: 1.16,
  });
  return (c, at) => {
    const open = easeInOut(progress(at.seconds, -0.25, 0.85));
    scoped(c, () => {
      c.translate(s.portrait ? 0 : s.width * 0.12 * open, s.portrait ? -s.height * 0.24 * open : 0);
      s.motif(c, at);
    });
    c.fillStyle = s.palette.primary;
    const edge = 70 * Math.sin(at.seconds * 0.8);
    c.beginPath();
    if (s.portrait) {
      const top = s.height * (1 - share * open);
      c.moveTo(0, top + edge * 0.5);
      c.lineTo(s.width, top - edge * 0.5);
      c.lineTo(s.width, s.height);
      c.lineTo(0, s.height);
    } else {
      const right = s.width * share * open;
      c.moveTo(0, 0);
      c.lineTo(right + 60 + edge * 0.5, 0);
      c.lineTo(right - 10 - edge * 0.5, s.height);
      c.lineTo(0, s.height);
    }
    c.fill();
    const y = s.portrait ? s.height * (1 - share) + 120 : (s.height - text.height) / 2;
    c.fillStyle = s.palette.accent;
    c.fillRect(box.x, y - 52, 120 * easeOut(progress(at.seconds, 0.55, 1.2)), 10);
    drawText(c, text, {
      x: box.x,
      y,
      align: 'left',
      color: s.palette.onPrimary,
      barColor: s.palette.accent,
      reveal: s.reveal,
      seconds: at.seconds - 0.6,
      leaveIn: s.seconds - at.seconds,
    });
    drawBrandTag(
      c,
      { x: box.x, y: box.y + box.h, maxWidth: s.width * (s.portrait ? 0.7 : 0.28) },
      s.palette.onPrimary,
      s,
      at.seconds - 1,
    );
  };
}

/** The view through an arch or a disc that opens in a plain ground. */
function window(ctx: Ctx, s: SceneSetting): Scene {
  const box = safeBox(s);
  const round = s.variant % 2 === 0;
  const text = fitText(ctx, sentence(s), {
    weight: 'semibold',
    maxWidth: s.portrait ? box.w : s.width * 0.34,
    maxLines: s.portrait ? 3 : 5,
    maxSize: 92,
    minSize: 40,
    leading: 1.16,
  });
  return (c, at) => {
    c.fillStyle = s.palette.paper;
    c.fillRect(0, 0, s.width, s.height);
    const open = lerp(0.78, 1, easeOut(progress(at.seconds, -0.1, 1.3))) + 0.05 * at.part;
    const radius = (s.portrait ? s.width * 0.42 : s.height * 0.44) * open;
    const x = s.portrait ? s.width / 2 : s.width * 0.72;
    const y = s.portrait ? s.height * 0.62 : s.height / 2;
    c.fillStyle = s.palette.accent;
    c.beginPath();
    c.arc(
      x - radius * 0.84,
      y + radius * 0.66 + 16 * Math.sin(at.seconds * 1.1),
      radius * 0.3,
      0,
      Math.PI * 2,
    );
    c.fill();
    scoped(c, () => {
      c.beginPath();
      if (round) c.arc(x, y, radius, 0, Math.PI * 2);
      else
        c.roundRect(x - radius * 0.82, y - radius, radius * 1.64, radius * 2.4, [
          radius * 0.82,
          radius * 0.82,
          0,
          0,
        ]);
      c.clip();
      // The motif is centred behind the window.
      const zoom = s.portrait ? 0.62 : 1.04;
      c.translate(x - s.width * 0.7 * zoom, y - s.height * 0.54 * zoom);
      c.scale(zoom, zoom);
      s.motif(c, at);
    });
    const top = s.portrait ? box.y + 60 : (s.height - text.height) / 2;
    c.fillStyle = s.palette.accentDeep;
    c.fillRect(box.x, top - 52, 120 * easeOut(progress(at.seconds, 0.45, 1.1)), 10);
    drawText(c, text, {
      x: box.x,
      y: top,
      align: 'left',
      color: s.palette.ink,
      barColor: s.palette.accent,
      reveal: s.reveal,
      seconds: at.seconds - 0.45,
      leaveIn: s.seconds - at.seconds,
    });
    drawBrandTag(
      c,
      { x: box.x, y: box.y + box.h, maxWidth: s.width * (s.portrait ? 0.7 : 0.28) },
      s.palette.ink,
      s,
      at.seconds - 1,
    );
  };
}

/** A band that rises from below and carries the sentence. */
function band(ctx: Ctx, s: SceneSetting): Scene {
  const box = safeBox(s);
  const text = fitText(ctx, sentence(s), {
    weight: 'semibold',
    maxWidth: box.w * (s.portrait ? 1 : 0.92),
    maxLines: s.portrait ? 4 : 2,
    maxSize: 84,
    minSize: 38,
    leading: 1.16,
  });
  const depth = text.height + 96 + s.height * 0.1;
  return (c, at) => {
    const rise = easeInOut(progress(at.seconds, -0.2, 0.9));
    scoped(c, () => {
      c.translate(0, -depth * 0.42 * rise);
      s.motif(c, at);
      c.fillStyle = s.palette.planes[4];
      c.fillRect(0, s.height - 1, s.width, s.height);
    });
    const top = s.height - depth * rise;
    c.fillStyle = s.palette.accentDeep;
    ribbon(c, s, top - 20, at.seconds, 1);
    c.fillStyle = s.palette.paper;
    ribbon(c, s, top, at.seconds, 0);
    drawText(c, text, {
      x: box.x,
      y: s.height - depth + 74,
      align: 'left',
      color: s.palette.ink,
      barColor: s.palette.accent,
      reveal: s.reveal,
      seconds: at.seconds - 0.65,
      leaveIn: s.seconds - at.seconds,
    });
  };
}

function ribbon(c: Ctx, s: SceneSetting, top: number, seconds: number, phase: number): void {
  c.beginPath();
  c.moveTo(-5, s.height + 5);
  for (let x = -5; x <= s.width + 30; x += 30) {
    c.lineTo(x, top + 12 * Math.sin(x * 0.0042 + seconds * 1.4 + phase * 0.9));
  }
  c.lineTo(s.width + 30, s.height + 5);
  c.closePath();
  c.fill();
}
