export { registerLeaseRoute } from './adapters/lease-route.ts';
export { createLeaseBank, type LeaseBank } from './bank.ts';
export { PotTermsBook } from './domain/pot-terms.ts';
export type { BankPorts, CountedSpend } from './ports.ts';
