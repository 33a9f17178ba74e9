import type { AnyBinding } from '../../kernel/implement.ts';
import { createPrivacyJobs, type PrivacyJobs } from './jobs/erase.ts';
import { erasureOperations } from './operations/erasures.ts';
import type { PrivacyPorts } from './ports.ts';

export { httpForgettingNode } from './adapters/http-node.ts';
export type { ArchivedViewer, ForgettingNode, PrivacyPorts } from './ports.ts';

export function createPrivacy(ports: PrivacyPorts): { operations: AnyBinding[]; jobs: PrivacyJobs } {
  return { operations: erasureOperations(ports), jobs: createPrivacyJobs(ports) };
}
