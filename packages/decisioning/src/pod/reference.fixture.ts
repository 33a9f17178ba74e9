import type { PodCandidate, PodRules } from './model.ts';

/** What the tests of the pod optimiser compare with: instances made from seeds, and every pod there is. */

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Instance {
  readonly rules: PodRules;
  readonly candidates: readonly PodCandidate[];
}

export function dynamicRules(changes: Partial<PodRules> = {}): PodRules {
  return {
    kind: 'dynamic',
    durationMs: 120_000,
    maxAds: 6,
    exact: false,
    slots: [],
    minValuePerSecond: 0,
    floorValue: 0,
    durationFloors: [],
    firstMultiplierPpm: 1_000_000,
    lastMultiplierPpm: 1_000_000,
    backups: 0,
    ...changes,
  };
}

export function candidate(id: string, changes: Partial<PodCandidate> = {}): PodCandidate {
  return {
    id,
    durationMs: 30_000,
    value: 10_000_000,
    position: 'any',
    groups: [],
    adjacent: [],
    tier: 0,
    bumper: false,
    ...changes,
  };
}

const ADVERTISERS = 1_000;
const CATEGORIES = 2_000;

/** Pods of TV-like shape: one ad per advertiser, categories kept apart in the whole pod or as neighbours. */
export function seededInstance(seed: number, size: number, separation: 'pod' | 'adjacent' = 'pod'): Instance {
  const next = mulberry32(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const seconds = pick([60, 90, 120, 150, 180]);
  const maxAds = 3 + Math.floor(next() * 4);
  const advertisers = Math.max(3, Math.floor(size * 0.6));
  const candidates: PodCandidate[] = [];
  for (let at = 0; at < size; at++) {
    const duration = pick([6, 15, 15, 20, 30, 30, 45, 60]);
    const advertiser = ADVERTISERS + Math.floor(next() * advertisers);
    const category = CATEGORIES + Math.floor(next() * 8);
    const perSecond = 0.2 + next();
    const cents = Math.round((4 + perSecond * duration) * 100);
    const draw = next();
    const position = draw < 0.06 ? 'first' : draw < 0.1 ? 'last' : draw < 0.13 ? 'edge' : 'any';
    candidates.push({
      id: `b${at}`,
      durationMs: duration * 1000,
      value: cents * 10_000,
      position,
      groups: separation === 'pod' ? [advertiser, category] : [advertiser],
      adjacent: separation === 'adjacent' ? [category] : [],
      tier: 0,
      bumper: false,
    });
  }
  const rules = dynamicRules({
    durationMs: seconds * 1000,
    maxAds,
    minValuePerSecond: 250_000,
    firstMultiplierPpm: 1_150_000,
    lastMultiplierPpm: 1_050_000,
  });
  return { rules, candidates };
}

export interface Play {
  readonly candidate: PodCandidate;
  readonly slot: number | null;
}

/** Why a pod breaks the rules; empty when it does not. Written from the rules alone, not from the optimiser. */
export function violations(
  rules: PodRules,
  plays: readonly Play[],
  capacity: ReadonlyMap<number, number> = new Map(),
): string[] {
  const found: string[] = [];
  const ads = plays.map((play) => play.candidate);
  if (new Set(ads.map((ad) => ad.id)).size !== ads.length) found.push('an ad plays twice');
  const load = new Map<number, number>();
  for (const group of ads.flatMap((ad) => ad.groups)) load.set(group, (load.get(group) ?? 0) + 1);
  for (const [group, units] of load) if (units > (capacity.get(group) ?? 1)) found.push(`group ${group}`);
  for (const ad of ads) {
    if (ad.value * 1000 < rules.minValuePerSecond * ad.durationMs) found.push(`${ad.id}: floor per second`);
    const band = rules.durationFloors.find((one) => one.minMs <= ad.durationMs && ad.durationMs <= one.maxMs);
    if (ad.value < (band ? band.floor : rules.floorValue)) found.push(`${ad.id}: floor`);
  }
  for (let at = 1; at < ads.length; at++) {
    if (ads[at]!.adjacent.some((group) => ads[at - 1]!.adjacent.includes(group)))
      found.push(`neighbours ${at}`);
    const before = plays[at - 1]!.slot;
    const here = plays[at]!.slot;
    if (here !== null && (before === null || before >= here)) found.push(`order of slots at ${at}`);
  }
  const dynamic = plays.filter((play) => play.slot === null).map((play) => play.candidate);
  const dynamicMs = dynamic.reduce((sum, ad) => sum + ad.durationMs, 0);
  if (rules.kind === 'structured' ? dynamic.length > 0 : dynamic.length > rules.maxAds)
    found.push('dynamic ads');
  if (rules.kind === 'structured' && ads.length > rules.maxAds) found.push('ads');
  if (dynamicMs > rules.durationMs) found.push('length');
  if (rules.exact && dynamic.length > 0 && dynamicMs !== rules.durationMs) found.push('exact length');
  const ordinary = plays.filter((play) => !isBumper(rules, play));
  plays.forEach((play) => {
    const ad = play.candidate;
    if (play.slot !== null) {
      const slot = rules.slots[play.slot]!;
      if (ad.durationMs < slot.minDurationMs || ad.durationMs > slot.maxDurationMs)
        found.push(`${ad.id}: slot`);
      if (slot.exactDurationsMs && !slot.exactDurationsMs.includes(ad.durationMs))
        found.push(`${ad.id}: lengths`);
    }
    if (isBumper(rules, play)) {
      if (!ad.bumper) found.push(`${ad.id}: no bumper`);
      const rest = rules.slots.map((slot, at) => ({ ordinary: slot.kind === 'any', at }));
      const opens = rest.every((one) => !one.ordinary || one.at > play.slot!);
      const closes = rules.kind === 'structured' && rest.every((one) => !one.ordinary || one.at < play.slot!);
      const allowed =
        ad.position === 'any' || (opens && ad.position !== 'last') || (closes && ad.position !== 'first');
      if (!allowed) found.push(`${ad.id}: position of bumper`);
      return;
    }
    const first = ordinary[0] === play;
    const last = ordinary[ordinary.length - 1] === play;
    if (ad.position === 'first' && !first && ordinary.length > 1) found.push(`${ad.id}: first`);
    if (ad.position === 'last' && !last && ordinary.length > 1) found.push(`${ad.id}: last`);
    if (ad.position === 'edge' && !first && !last) found.push(`${ad.id}: edge`);
  });
  return found;
}

function isBumper(rules: PodRules, play: Play): boolean {
  return play.slot !== null && rules.slots[play.slot]!.kind === 'bumper';
}

/** What one tier earns in a pod. */
export function tierValue(rules: PodRules, plays: readonly Play[], tier: number): number {
  const ordinary = plays.filter((play) => !isBumper(rules, play));
  const times = (value: number, ppm: number) => Math.round((value * ppm) / 1_000_000);
  const { firstMultiplierPpm: first, lastMultiplierPpm: last } = rules;
  return plays.reduce((sum, play) => {
    const { value } = play.candidate;
    if (play.candidate.tier !== tier) return sum;
    if (ordinary.length === 1 && ordinary[0] === play) return sum + times(value, Math.max(first, last));
    if (ordinary[0] === play) return sum + times(value, first);
    if (ordinary[ordinary.length - 1] === play) return sum + times(value, last);
    return sum + value;
  }, 0);
}

/** Whether the first pod wins the tie (or the value) of `tier` against the second. */
function better(rules: PodRules, one: readonly Play[], other: readonly Play[], tier: number): boolean {
  const length = (plays: readonly Play[]) => plays.reduce((sum, play) => sum + play.candidate.durationMs, 0);
  const value = tierValue(rules, one, tier) - tierValue(rules, other, tier);
  if (value !== 0) return value > 0;
  if (length(one) !== length(other)) return length(one) > length(other);
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const [here, there] = [one[at]!.candidate.id, other[at]!.candidate.id];
    if (here !== there) return here < there;
  }
  if (one.length !== other.length) return one.length < other.length;
  for (let at = 0; at < one.length; at++) {
    const [here, there] = [one[at]!.slot ?? 1_000, other[at]!.slot ?? 1_000];
    if (here !== there) return here < there;
  }
  return false;
}

/** Calls back with every pod that keeps the rules (exactness aside) and holds `kept` at their places. */
function everyPod(
  rules: PodRules,
  candidates: readonly PodCandidate[],
  capacity: ReadonlyMap<number, number>,
  take: (plays: readonly Play[]) => void,
): void {
  const plays: Play[] = [];
  const lenient = { ...rules, exact: false };
  const visit = (slot: number) => {
    if (violations(lenient, plays, capacity).length === 0) take(plays);
    for (const ad of candidates) {
      if (plays.some((play) => play.candidate === ad)) continue;
      for (let at = slot; at < rules.slots.length; at++) {
        plays.push({ candidate: ad, slot: at });
        if (mayGrow(lenient, plays, capacity)) visit(at + 1);
        plays.pop();
      }
      if (rules.kind === 'structured') continue;
      plays.push({ candidate: ad, slot: null });
      if (mayGrow(lenient, plays, capacity)) visit(rules.slots.length);
      plays.pop();
    }
  };
  visit(0);
}

/** Whether what is wrong with a pod, if anything, may be righted by ads that follow. */
function mayGrow(rules: PodRules, plays: readonly Play[], capacity: ReadonlyMap<number, number>): boolean {
  return violations(rules, plays, capacity).every((one) => /: (first|last|edge)$/.test(one));
}

/** The best pod by looking at every one: tier after tier, earlier tiers keeping their ads, slots and value. */
export function bruteForce(
  instance: Instance,
  capacity: ReadonlyMap<number, number> = new Map(),
): { plays: readonly Play[]; value: number; exactFound: boolean } {
  const { rules, candidates } = instance;
  const tiers = [...new Set(candidates.map((one) => one.tier))].sort((one, other) => one - other);
  const pods: Play[][] = [];
  everyPod(rules, candidates, capacity, (plays) => pods.push([...plays]));
  const dynamicMs = (plays: readonly Play[]) =>
    plays.reduce((sum, play) => sum + (play.slot === null ? play.candidate.durationMs : 0), 0);
  const exactPods = pods.filter((plays) => dynamicMs(plays) === rules.durationMs);
  const exactFound = rules.exact && exactPods.length > 0;
  let open = pods;
  if (exactFound) open = exactPods;
  else if (rules.exact) open = pods.filter((plays) => plays.every((play) => play.slot !== null));
  let best: Play[] = [];
  const earned = new Map<number, number>();
  for (const tier of tiers) {
    const fixed = best.filter((play) => play.candidate.tier < tier);
    let winner: Play[] | null = null;
    for (const plays of open) {
      // An exact pod is whole from the first tier on; others hold only what has been filled so far.
      if (!exactFound && plays.some((play) => play.candidate.tier > tier)) continue;
      const earlier = plays.filter((play) => play.candidate.tier < tier);
      const keeps =
        earlier.length === fixed.length &&
        fixed.every((was) => earlier.some((is) => is.candidate === was.candidate && is.slot === was.slot));
      if (!keeps) continue;
      if ([...earned].some(([before, value]) => tierValue(rules, plays, before) < value)) continue;
      if (winner === null || better(rules, plays, winner, tier)) winner = plays;
    }
    best = winner ?? best;
    earned.set(tier, tierValue(rules, best, tier));
  }
  const value = tiers.reduce((sum, tier) => sum + tierValue(rules, best, tier), 0);
  return { plays: best, value, exactFound };
}
