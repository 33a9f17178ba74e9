import { createCanvas } from '@napi-rs/canvas';
import { loadFonts } from './fonts.ts';
import {
  type ClipSpec,
  characterOf,
  checkSpec,
  type MotifName,
  type SceneName,
  suggestMotif,
} from './look.ts';
import { abstractMotif } from './motif-abstract.ts';
import { cityMotif } from './motif-city.ts';
import { hillsMotif } from './motif-hills.ts';
import { productMotif } from './motif-product.ts';
import { seaMotif } from './motif-sea.ts';
import { derivePalette } from './palette.ts';
import { hashText, seededRandom } from './random.ts';
import { bodyScene } from './scene-body.ts';
import { callToActionScene } from './scene-call-to-action.ts';
import { hookScene } from './scene-hook.ts';
import { initialOf, type Scene, type SceneSetting } from './scene-parts.ts';
import { type Ctx, type Motif, type MotifSetting, STAGE_HEIGHT } from './stage.ts';
import { REVEALS } from './type-setting.ts';

const MOTIF_MAKERS: Record<MotifName, (setting: MotifSetting) => Motif> = {
  hills: hillsMotif,
  sea: seaMotif,
  city: cityMotif,
  product: productMotif,
  abstract: abstractMotif,
};

/** How much of the width, from the safe edge, no figure of the motif reaches into. */
const TITLE_SHARE: Record<MotifName, number> = {
  hills: 0.5,
  sea: 0.44,
  city: 0.5,
  product: 0.38,
  abstract: 0.44,
};

const SCENE_MAKERS: Record<SceneName, (ctx: Ctx, setting: SceneSetting) => Scene> = {
  hook: hookScene,
  body: bodyScene,
  call_to_action: callToActionScene,
};

/** Draws any moment of a clip; nothing is kept from one frame to the next. */
export type ClipPainter = (ctx: Ctx, seconds: number) => void;

/**
 * Prepares the drawing of a clip. Colours, motif, hour of the day and the way
 * words come on follow from the look, so the clips of one spot match; the
 * composition follows from the seed.
 *
 * @throws MediaError media.invalid_spec
 */
export function paintClip(spec: ClipSpec): ClipPainter {
  checkSpec(spec);
  loadFonts();
  const { look } = spec;
  const scale = spec.widthPx >= spec.heightPx ? spec.heightPx / STAGE_HEIGHT : spec.widthPx / STAGE_HEIGHT;
  const width = spec.widthPx / scale;
  const height = spec.heightPx / scale;
  const character = characterOf(look);
  const name = look.motif ?? suggestMotif(`${look.title} ${look.subtitle} ${look.brandName}`);
  const palette = derivePalette(look.colors, character, { water: name === 'sea' });
  const style = seededRandom(hashText(character), 'style');
  const motif = MOTIF_MAKERS[name]({
    width,
    height,
    palette,
    random: (label) => seededRandom(spec.seed, `${name}/${label}`),
    shot: spec.scene === 'body' ? 'close' : 'wide',
    initial: initialOf(look),
  });
  const seconds = spec.durationMs / 1000;
  const measuring = createCanvas(16, 16).getContext('2d');
  const scene = SCENE_MAKERS[spec.scene](measuring, {
    width,
    height,
    seconds,
    palette,
    look,
    reveal: style.pick(REVEALS),
    motif,
    variant: Math.floor(seededRandom(spec.seed, `variant/${spec.scene}`).between(0, 6)),
    portrait: width < height,
    titleShare: TITLE_SHARE[name],
  });
  return (ctx, at) => {
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.globalAlpha = 1;
    scene(ctx, { seconds: at, part: Math.min(1, at / seconds) });
  };
}
