import type { AnyBinding } from '../../kernel/implement.ts';
import { entryOperations } from './operations/entries.ts';
import { statementOperations } from './operations/statement.ts';
import type { BillingPorts } from './ports.ts';

export type { BillingPorts } from './ports.ts';

export function createBilling(ports: BillingPorts): { operations: AnyBinding[] } {
  return { operations: [...entryOperations(ports), ...statementOperations(ports)] };
}
