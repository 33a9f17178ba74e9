export { checkSpecPack } from './check-spec-pack.ts';
export { CHECKS } from './checks/index.ts';
export { evaluateMeasurement, type QcContext } from './evaluate-measurement.ts';
export { packVerdict, type QcFinding, type QcVerdict } from './finding.ts';
export { CUEPOINT_SERVING } from './serving-pack.ts';
export type {
  DeliveryTerms,
  QcCheck,
  RuleLimits,
  RuleSeverity,
  SpecConfidence,
  SpecPack,
  SpecRule,
} from './spec-pack.ts';
