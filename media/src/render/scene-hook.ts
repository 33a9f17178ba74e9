import { easeOut, progress } from './easing.ts';
import { drawBrandTag, type Scene, type SceneSetting, safeBox } from './scene-parts.ts';
import type { Ctx } from './stage.ts';
import { drawText, fitText } from './type-setting.ts';

/** Opens the spot: the place, and the title in its sky. */
export function hookScene(ctx: Ctx, s: SceneSetting): Scene {
  const box = safeBox(s);
  const centred = s.portrait;
  const title = fitText(ctx, s.look.title, {
    weight: 'bold',
    maxWidth: s.portrait ? box.w : s.width * s.titleShare,
    maxLines: s.portrait ? 4 : 3,
    // Down to where the scenery begins.
    maxHeight: s.height * (s.portrait ? 0.25 : 0.29),
    maxSize: s.portrait ? 150 : 148,
    minSize: 52,
  });
  const x = centred ? s.width / 2 : box.x;
  const y = box.y + (s.portrait ? 130 : 92);
  return (c, at) => {
    s.motif(c, at);
    const leaveIn = s.seconds - at.seconds;
    drawText(c, title, {
      x,
      y,
      align: centred ? 'center' : 'left',
      color: s.palette.onSky,
      barColor: s.palette.accentDeep,
      reveal: s.reveal,
      seconds: at.seconds - 0.35,
      leaveIn,
    });
    const rule = easeOut(progress(at.seconds, 0.9, 1.7)) * (1 - easeOut(progress(leaveIn, 0.5, 0)));
    c.fillStyle = s.palette.light === 'dusk' ? s.palette.onSky : s.palette.accentDeep;
    const length = 150 * rule;
    c.fillRect(centred ? x - length / 2 : x + 4, y + title.height + 26, length, 9);
    if (!centred)
      drawBrandTag(
        c,
        { x: box.x + 2, y: box.y + 34, maxWidth: s.width * s.titleShare },
        s.palette.onSky,
        s,
        at.seconds - 0.15,
      );
  };
}
