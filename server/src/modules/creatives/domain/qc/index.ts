export { checkSpecPack } from './check-spec-pack.ts';
export { CHECKS } from './checks/index.ts';
export { evaluateMeasurement, type QcContext } from './evaluate-measurement.ts';
export { packVerdict, type QcFinding, type QcVerdict } from './finding.ts';
export { CUEPOINT_SERVING } from './serving-pack.ts';
export {
  type DeliveryTerms,
  effectiveSeverity,
  type QcCheck,
  type RuleLimits,
  type RuleSeverity,
  SPEC_CONFIDENCE_WORDS,
  type SpecConfidence,
  type SpecPack,
  type SpecRule,
} from './spec-pack.ts';
