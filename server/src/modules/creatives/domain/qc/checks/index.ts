import type { CheckDefinition } from '../check.ts';
import type { QcCheck } from '../spec-pack.ts';
import { audioChecks } from './audio.ts';
import { containerChecks } from './container.ts';
import { pictureSizeChecks } from './picture-size.ts';
import { stretchChecks } from './stretches.ts';
import { timingChecks } from './timing.ts';
import { videoChecks } from './video.ts';

/** Every check a rule can name. */
export const CHECKS: Readonly<Record<QcCheck, CheckDefinition>> = {
  ...containerChecks,
  ...videoChecks,
  ...pictureSizeChecks,
  ...timingChecks,
  ...audioChecks,
  ...stretchChecks,
};
