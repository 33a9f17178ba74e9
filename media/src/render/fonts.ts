import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';
import { MediaError } from '../errors.ts';

export type Weight = 'medium' | 'semibold' | 'bold';

const FILES: Record<Weight, { family: string; file: string }> = {
  medium: { family: 'Spot Sans Medium', file: '500Medium/InstrumentSans_500Medium.ttf' },
  semibold: { family: 'Spot Sans SemiBold', file: '600SemiBold/InstrumentSans_600SemiBold.ttf' },
  bold: { family: 'Spot Sans Bold', file: '700Bold/InstrumentSans_700Bold.ttf' },
};

let loaded = false;

/** Registers Instrument Sans (SIL OFL) from its package, once per process. @throws MediaError media.tool_missing */
export function loadFonts(): void {
  if (loaded) return;
  const require = createRequire(import.meta.url);
  for (const { family, file } of Object.values(FILES)) {
    const path = require.resolve(`@expo-google-fonts/instrument-sans/${file}`);
    if (GlobalFonts.registerFromPath(path, family) === null) {
      throw new MediaError({
        code: 'media.tool_missing',
        message: `The font ${path} cannot be read; reinstall @expo-google-fonts/instrument-sans.`,
        subject: path,
      });
    }
  }
  loaded = true;
}

export function fontOf(weight: Weight, size: number): string {
  return `${size.toFixed(2)}px "${FILES[weight].family}"`;
}
