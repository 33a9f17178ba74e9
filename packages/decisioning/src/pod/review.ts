import { type CompiledPod, meetsFloor } from './compile-pod.ts';
import { POD_REJECTIONS } from './model.ts';
import { NO_ENTRANT, type PlacedPod } from './placed-pod.ts';
import { type PodEntrants, ROW_DURATION, ROW_FLAGS } from './pod-rows.ts';
import { fittingSlots } from './problem.ts';

const COMPETITIVE_SEPARATION = POD_REJECTIONS.indexOf('competitive_separation');
const BELOW_FLOOR = POD_REJECTIONS.indexOf('below_floor');
const DURATION_FIT = POD_REJECTIONS.indexOf('duration_fit');
const POD_FULL = POD_REJECTIONS.indexOf('pod_full');
const POD_DURATION = POD_REJECTIONS.indexOf('pod_duration');
const LOST_RANK = POD_REJECTIONS.indexOf('lost_rank');

/**
 * Why an entrant that is not in the pod is not, as an index into POD_REJECTIONS; the first that applies: its price, its
 * length whatever else is in the pod, a group that the pod has used up, no place left, no time left, a neighbour it may
 * not have, and else that others were worth more.
 */
export function rejectionOf(
  pod: CompiledPod,
  entrants: PodEntrants,
  view: PlacedPod,
  takenSlots: number,
  entrant: number,
): number {
  const row = entrants.offsets[entrant]!;
  const duration = entrants.rows[row + ROW_DURATION]!;
  if (!meetsFloor(pod, duration, entrants.values[entrant]!)) return BELOW_FLOOR;
  const slots = pod.slots.length === 0 ? 0 : fittingSlots(pod, duration, entrants.rows[row + ROW_FLAGS]!);
  const dynamic = duration <= pod.dynamicMs;
  if (slots === 0 && !dynamic) return DURATION_FIT;
  const kind = view.shutOutBy(entrant);
  if (kind >= 0) return kind;
  const structured = pod.dynamicAds === 0;
  const slotFree = (slots & ~takenSlots) !== 0 && !(structured && view.count >= pod.maxAds);
  if (!slotFree) {
    if (!dynamic || view.dynamicAds >= pod.dynamicAds) return POD_FULL;
    if (duration > view.slackMs || (pod.exact && view.dynamicAds === 0)) return POD_DURATION;
  }
  return view.meetsNeighbours(entrant) ? COMPETITIVE_SEPARATION : LOST_RANK;
}

/**
 * Finds stand-ins: for each ad of the pod up to `pod.backups` candidates by rank, none twice, such that whichever ads
 * fail and are replaced, the rules of the pod still hold.
 */
export function findBackups(
  pod: CompiledPod,
  entrants: PodEntrants,
  ranked: Int32Array,
  view: PlacedPod,
): void {
  for (let nth = 0; nth < pod.backups; nth++) {
    for (let at = 0; at < view.count; at++) {
      const found = firstAdmitted(entrants, ranked, view, at);
      if (found !== NO_ENTRANT) view.addBackup(at, nth, found);
    }
  }
}

function firstAdmitted(entrants: PodEntrants, ranked: Int32Array, view: PlacedPod, at: number): number {
  for (let place = 0; place < entrants.count; place++) {
    const entrant = ranked[place]!;
    if (!view.isTaken(entrant) && view.admitsBackup(at, entrant)) return entrant;
  }
  return NO_ENTRANT;
}
