import type { AccountIndex, IndexedAssignment, IndexedFlight, IndexedLineItem } from '../index/model.ts';
import type { PodRuleInput } from '../model.ts';
import { type CompiledPod, compilePod } from '../pod/compile-pod.ts';
import { MAX_POD_CANDIDATES, POD_METHODS, POD_REJECTIONS } from '../pod/model.ts';
import { NO_ENTRANT } from '../pod/placed-pod.ts';
import { POD_EFFORT, PodSolver } from '../pod/pod-solver.ts';
import { type Reason, reasonRank } from '../reasons.ts';
import { CandidateCheck, rotate } from './candidate.ts';
import { type ChosenAd, MAX_EXAMINED } from './chosen-ad.ts';
import { COMPLETE, DraftBreak, GO_ON } from './draft-break.ts';
import { clearEntrants, enter, entrants, offered } from './entrants.ts';
import { walk } from './walk.ts';

/** How a break was filled. */
export interface PodFill {
  readonly durationMs: number;
  readonly filledMs: number;
  readonly method: string;
  /** What a better fill could at most be worth more, as a share of the bound; proven. */
  readonly gap: number;
  readonly steps: number;
  /** Why a line item that was a candidate has no place, by its id. */
  readonly rejections: ReadonlyMap<string, Reason>;
}

interface FilledBreak {
  readonly ads: readonly ChosenAd[];
  readonly backups: readonly ChosenAd[];
  readonly fill: PodFill;
  /** Of a break without ads, why the candidate that came nearest has no place in it; null when there was none. */
  readonly reason: Reason | null;
}

/** A share of the bound that is not worth a search. */
const TOLERATED = POD_EFFORT.searchAbovePpm / 1_000_000;

// One break is filled at a time, so the memory for it is held from one to the next.
const solver = new PodSolver();
const draft = new DraftBreak();
/** Filling while line items are met; filled, and looking for stand-ins; or collecting candidates for the solver. */
const DRAFTING = 0;
const SPARING = 1;
const SEARCHING = 2;
const compiled = new WeakMap<PodRuleInput, CompiledPod>();

/** Rules as the solver takes them. Floors are asked before, candidate by candidate, and so are none here. */
function compiledPod(rule: PodRuleInput): CompiledPod {
  let pod = compiled.get(rule);
  if (!pod) {
    pod = compilePod({
      kind: rule.kind,
      durationMs: rule.kind === 'structured' ? 0 : rule.durationMs,
      maxAds: rule.maxAds,
      exact: rule.isExact && rule.kind !== 'structured',
      slots: rule.kind === 'dynamic' ? [] : rule.slots,
      minValuePerSecond: 0,
      floorValue: 0,
      durationFloors: [],
      firstMultiplierPpm: rule.firstPermille * 1000,
      lastMultiplierPpm: rule.lastPermille * 1000,
      backups: rule.backups,
    });
    compiled.set(rule, pod);
  }
  return pod;
}

/**
 * Fills a break: candidates are met best first. A dynamic break is drafted as they come: when the draft is proven to be
 * within a hundredth of the best there can be, the walk ends. Else every length of theirs goes to the solver, with further
 * line items, and it searches.
 */
export function fillBreak(account: AccountIndex, check: CandidateCheck, rule: PodRuleInput): FilledBreak {
  const pod = compiledPod(rule);
  let stage = DraftBreak.suits(rule) ? DRAFTING : SEARCHING;
  draft.begin(rule, TOLERATED, check.shown);
  clearEntrants(check.shown);
  let isSolved = false;
  let lastOffered: IndexedLineItem | undefined;
  walk(account, check.request, (item, flight) => {
    if (stage === SEARCHING && entrants.count >= MAX_POD_CANDIDATES) {
      boundUnseen(account, item, check);
      solver.solve(pod, entrants, POD_EFFORT);
      isSolved = true;
      return true;
    }
    if (check.passes(item, flight)) {
      lastOffered = item;
      if (stage === SEARCHING) offer(item, flight, check, rule);
      else if (stage === SPARING) draft.spare(item, flight, check);
      else {
        const verdict = draft.meet(item, flight, check);
        if (verdict !== GO_ON) {
          stage = verdict === COMPLETE && draft.finish() ? SPARING : SEARCHING;
          if (stage === SEARCHING) offerMet(check, rule);
        }
      }
      if (stage === SPARING && draft.metCount - draft.placed >= pod.backups * draft.placed) return true;
    }
    return check.examined.length >= MAX_EXAMINED;
  });
  if (stage === SPARING || (stage === DRAFTING && draft.finish()))
    return answerDraft(account, pod, check, rule);
  if (stage === DRAFTING) offerMet(check, rule);
  if (!isSolved) {
    entrants.unseenTier = -1;
    if (check.examined.length >= MAX_EXAMINED && lastOffered) boundUnseen(account, lastOffered, check);
    solver.solve(pod, entrants, POD_EFFORT);
  }
  return answer(rule, pod, solver.method, solver.gap, check.wantsRejections);
}

/** The draft as it stands; the solver is asked only for what it alone can tell, back-ups and reasons. */
function answerDraft(
  account: AccountIndex,
  pod: CompiledPod,
  check: CandidateCheck,
  rule: PodRuleInput,
): FilledBreak {
  const { order } = draft;
  if (order.length === 0) return answerEmptyDraft(pod, check, rule);
  if (pod.backups === 0 && !check.wantsRejections) {
    return {
      reason: null,
      ads: order.map(({ item, flight, assignment }, place) => chosenAd(item, flight, assignment, place + 1)),
      backups: [],
      fill: filled(pod, rule, draft.usedMs, POD_METHODS[0], draft.gap, 0, NO_REJECTIONS),
    };
  }
  const places = new Map(order.map((met, place) => [met, place]));
  const placed = new Int32Array(order.length);
  for (let at = 0; at < draft.metCount; at++) {
    const met = draft.met[at]!;
    const place = places.get(met);
    if (place !== undefined) placed[place] = entrants.count;
    enter(met.item, met.flight, met.assignment, met.examined, rule);
  }
  if (check.wantsRejections) enterOthers(account, check, rule);
  solver.adopt(pod, entrants, placed);
  return answer(rule, pod, POD_METHODS[0], draft.gap, check.wantsRejections);
}

/** Nothing that was met fits: the solver says what kept each length of it out. */
function answerEmptyDraft(pod: CompiledPod, check: CandidateCheck, rule: PodRuleInput): FilledBreak {
  offerMet(check, rule);
  solver.adopt(pod, entrants, new Int32Array(0));
  return answer(rule, pod, POD_METHODS[0], draft.gap, check.wantsRejections);
}

/** Enters those that the draft need not have met, so that each is told what kept it out and not only that it lost. */
function enterOthers(account: AccountIndex, check: CandidateCheck, rule: PodRuleInput): void {
  const other = new CandidateCheck(check.request, check.placement, check.readings, check.seed);
  let seen = 0;
  walk(account, check.request, (item, flight) => {
    if (!other.passes(item, flight)) return false;
    if (draft.met[seen]?.item === item && seen < draft.metCount) {
      seen++;
      return false;
    }
    const examined = other.examined[other.examined.length - 1]!;
    const assignment = rotate(other, examined);
    if (assignment) enter(item, flight, assignment, examined, rule);
    return entrants.count >= MAX_POD_CANDIDATES;
  });
}

/** What is ranked behind `next` is worth at most as much within its priority, and at most the best of those after it. */
function boundUnseen(account: AccountIndex, next: IndexedLineItem, check: CandidateCheck): void {
  entrants.unseenTier = next.priority;
  entrants.unseenMaxValue = Math.max(next.rankMicros, account.bestRankBehind[next.priority] ?? 0);
  entrants.unseenMinDurationMs = Math.max(1, check.request.minDurationMs);
}

/** Hands a line item over, once for each length that it has. */
function offer(
  item: IndexedLineItem,
  flight: IndexedFlight,
  check: CandidateCheck,
  rule: PodRuleInput,
  examined = check.examined[check.examined.length - 1]!,
): void {
  for (const durationMs of item.lengthsMs) {
    const assignment = rotate(check, examined, durationMs);
    if (assignment) enter(item, flight, assignment, examined, rule);
  }
}

/** Hands over what the draft has met. */
function offerMet(check: CandidateCheck, rule: PodRuleInput): void {
  for (let at = 0; at < draft.metCount; at++) {
    const { item, flight, examined } = draft.met[at]!;
    offer(item, flight, check, rule, examined);
  }
}

const verdicts = new Uint8Array(MAX_POD_CANDIDATES);
const NO_REJECTIONS: ReadonlyMap<string, Reason> = new Map();

/** Of each line item without a place, the reason of its candidate that came nearest. */
function rejections(pod: CompiledPod): Map<string, Reason> {
  const reasons = new Map<string, Reason>();
  solver.rejections(pod, entrants, verdicts);
  const placed = new Set<string>();
  for (let place = 0; place < solver.count; place++) placed.add(offered[solver.placed[place]!]!.item.id);
  for (let entrant = 0; entrant < entrants.count; entrant++) {
    const { id } = offered[entrant]!.item;
    const reason = POD_REJECTIONS[verdicts[entrant]!];
    if (reason === undefined || placed.has(id)) continue;
    const known = reasons.get(id);
    if (known === undefined || reasonRank(reason) > reasonRank(known)) reasons.set(id, reason);
  }
  return reasons;
}

function isSame(ad: ChosenAd, entrant: number): boolean {
  const { item, assignment } = offered[entrant]!;
  return ad.lineItem === item && ad.creative === assignment.creative;
}

function answer(
  rule: PodRuleInput,
  pod: CompiledPod,
  method: string,
  gap: number,
  wantsRejections: boolean,
): FilledBreak {
  const ads: ChosenAd[] = [];
  let filledMs = 0;
  for (let place = 0; place < solver.count; place++) {
    const ad = chosen(solver.placed[place]!, place + 1);
    ads.push(ad);
    filledMs += ad.creative.durationMs;
  }
  const backups: ChosenAd[] = [];
  for (let place = 0; place < solver.count * pod.backups; place++) {
    const entrant = solver.backups[place]!;
    if (entrant !== NO_ENTRANT && !backups.some((ad) => isSame(ad, entrant)))
      backups.push(chosen(entrant, solver.count + backups.length + 1));
  }
  const isEmpty = ads.length === 0;
  const reasons = wantsRejections || isEmpty ? rejections(pod) : NO_REJECTIONS;
  return {
    ads,
    backups,
    fill: filled(pod, rule, filledMs, method, gap, solver.steps, reasons),
    reason: isEmpty ? nearestOf(reasons) : null,
  };
}

function nearestOf(reasons: ReadonlyMap<string, Reason>): Reason | null {
  let nearest: Reason | null = null;
  for (const reason of reasons.values())
    if (nearest === null || reasonRank(reason) > reasonRank(nearest)) nearest = reason;
  return nearest;
}

function filled(
  pod: CompiledPod,
  rule: PodRuleInput,
  filledMs: number,
  method: string,
  gap: number,
  steps: number,
  reasons: ReadonlyMap<string, Reason>,
): PodFill {
  const slotsMs = rule.kind === 'dynamic' ? 0 : rule.slots.reduce((sum, slot) => sum + slot.maxDurationMs, 0);
  return { durationMs: pod.dynamicMs + slotsMs, filledMs, method, gap, steps, rejections: reasons };
}

function chosen(entrant: number, position: number): ChosenAd {
  const { item, flight, assignment } = offered[entrant]!;
  return chosenAd(item, flight, assignment, position);
}

function chosenAd(
  item: IndexedLineItem,
  flight: IndexedFlight,
  { creative }: IndexedAssignment,
  position: number,
): ChosenAd {
  return { lineItem: item, flight, creative, priceMicros: item.priceMicros, position };
}
