import type { SpecPack } from '../../src/modules/creatives/domain/qc/index.ts';
import { AMAZON_PACKS } from './spec-packs/amazon.ts';
import { DEMAND_PLATFORM_PACKS } from './spec-packs/demand-platforms.ts';
import { EXCHANGE_AND_SOCIAL_PACKS } from './spec-packs/exchanges-and-social.ts';
import { NBCU_PACK, PUBLISHER_PACKS } from './spec-packs/publishers.ts';
import { type PackDraft, SPEC_PACKS_EFFECTIVE_ON, SPEC_PACKS_VERSION } from './spec-packs/rules.ts';

export { SPEC_PACKS_EFFECTIVE_ON, SPEC_PACKS_VERSION } from './spec-packs/rules.ts';

/** The columns of the matrix that every creative is checked against, in this order. */
const DEFAULT_MATRIX: readonly PackDraft[] = [...AMAZON_PACKS, ...DEMAND_PLATFORM_PACKS, NBCU_PACK];
const FURTHER: readonly PackDraft[] = [...PUBLISHER_PACKS, ...EXCHANGE_AND_SOCIAL_PACKS];

/** Every destination known at first start, the default matrix first. Loaded as data; users edit their copy. */
export const SPEC_PACKS: readonly SpecPack[] = [...DEFAULT_MATRIX, ...FURTHER].map((draft, index) => ({
  ...draft,
  version: SPEC_PACKS_VERSION,
  effectiveOn: SPEC_PACKS_EFFECTIVE_ON,
  position: index + 1,
  defaultMatrix: index < DEFAULT_MATRIX.length,
}));
