import type { Dsp } from '@cuepoint/contract';
import type { Ticket } from '../ports.ts';

/** How destinations are called on screens, with an adapter or without. */
export const dspNames: Readonly<Record<Dsp, string>> = {
  amazon: 'Amazon DSP',
  thetradedesk: 'The Trade Desk',
  dv360: 'Display & Video 360',
  stackadapt: 'StackAdapt',
  viant: 'Viant',
};

type Inventory = Ticket['inventory'];

/** Spec packs of a destination and the inventory each opens, the preferred first. */
const packsOf: Partial<Record<Dsp, ReadonlyArray<{ packId: string; name: string; inventory: Inventory }>>> = {
  amazon: [
    { packId: 'amazon_stv_prime_video', name: 'Prime Video', inventory: 'streaming_tv' },
    { packId: 'amazon_stv_third_party', name: 'streaming TV of third parties', inventory: 'streaming_tv' },
    { packId: 'amazon_olv', name: 'online video', inventory: 'online_video' },
  ],
};

export interface PackVerdict {
  packId: string;
  verdict: 'pass' | 'warn' | 'block';
  /** Blocking findings. */
  blocks: number;
}

export type InventoryChoice =
  | { ok: true; inventory: Inventory; packId: string }
  /** No pack of the destination was checked. */
  | { ok: false; blocked: [] }
  | { ok: false; blocked: Array<PackVerdict & { name: string }> };

/** The best inventory of a destination that the file fits: the first whose spec pack has no blocking finding. */
export function chooseInventory(dsp: Dsp, verdicts: readonly PackVerdict[]): InventoryChoice {
  const blocked: Array<PackVerdict & { name: string }> = [];
  for (const { packId, name, inventory } of packsOf[dsp] ?? []) {
    const verdict = verdicts.find((candidate) => candidate.packId === packId);
    if (verdict === undefined) continue;
    if (verdict.verdict !== 'block') return { ok: true, inventory, packId };
    blocked.push({ ...verdict, name });
  }
  return { ok: false, blocked };
}
