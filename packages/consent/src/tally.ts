import type { Dropped, DropReason, PrivacyDecision, UnreadableSignal, Use } from './model.ts';
import { USES } from './model.ts';

/** Everything but the session: what "limit tracking", an opt-out or a child's audience takes away. */
export const PERSONAL: readonly Use[] = USES.filter((use) => use !== 'session');

/** Collects what is dropped; nothing that was dropped comes back. */
export class Tally {
  readonly #dropped: Dropped[] = [];
  readonly #unreadable: UnreadableSignal[] = [];

  drop(uses: readonly Use[], why: DropReason, signal: string, purpose?: number): void {
    for (const what of uses)
      this.#dropped.push(
        Object.freeze(purpose === undefined ? { what, why, signal } : { what, why, signal, purpose }),
      );
  }

  unreadable(signal: string, problem: UnreadableSignal['problem']): void {
    this.#unreadable.push(Object.freeze({ signal, problem }));
  }

  decide(gdprApplies: boolean): PrivacyDecision {
    const gone = new Set(this.#dropped.map(({ what }) => what));
    return Object.freeze({
      uses: Object.freeze({
        ifa: !gone.has('ifa'),
        household: !gone.has('household'),
        supplied_id: !gone.has('supplied_id'),
        session: !gone.has('session'),
        segments: !gone.has('segments'),
        precise_geo: !gone.has('precise_geo'),
        profile_caps: !gone.has('profile_caps'),
        personal_log: !gone.has('personal_log'),
      }),
      dropped: Object.freeze(this.#dropped),
      unreadable: Object.freeze(this.#unreadable),
      gdprApplies,
    });
  }
}
