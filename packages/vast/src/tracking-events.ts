import { isAtLeast, type VastVersion } from './version.ts';

interface EventSpan {
  readonly since: VastVersion;
  readonly until?: VastVersion;
  /** The name that replaced this one, or that this one replaced: the same moment under another name. */
  readonly sameAs?: string;
}

/** Tracking events by version (`until` is the first version without it). Source: the schemas' enumerations. */
export const TRACKING_EVENTS: Readonly<Record<string, EventSpan>> = {
  creativeView: { since: '2.0' },
  loaded: { since: '4.1' },
  start: { since: '2.0' },
  firstQuartile: { since: '2.0' },
  midpoint: { since: '2.0' },
  thirdQuartile: { since: '2.0' },
  complete: { since: '2.0' },
  mute: { since: '2.0' },
  unmute: { since: '2.0' },
  pause: { since: '2.0' },
  resume: { since: '2.0' },
  rewind: { since: '2.0' },
  skip: { since: '3.0' },
  progress: { since: '3.0' },
  playerExpand: { since: '4.0', sameAs: 'fullscreen' },
  playerCollapse: { since: '4.0', sameAs: 'exitFullscreen' },
  fullscreen: { since: '2.0', until: '4.0', sameAs: 'playerExpand' },
  exitFullscreen: { since: '3.0', until: '4.0', sameAs: 'playerCollapse' },
  adExpand: { since: '4.0', sameAs: 'expand' },
  adCollapse: { since: '4.0', sameAs: 'collapse' },
  expand: { since: '2.0', until: '4.0', sameAs: 'adExpand' },
  collapse: { since: '2.0', until: '4.0', sameAs: 'adCollapse' },
  acceptInvitation: { since: '2.0' },
  acceptInvitationLinear: { since: '3.0', until: '4.1', sameAs: 'acceptInvitation' },
  timeSpentViewing: { since: '4.0', until: '4.1' },
  minimize: { since: '4.0' },
  close: { since: '2.0' },
  closeLinear: { since: '3.0' },
  overlayViewDuration: { since: '4.0' },
  otherAdInteraction: { since: '4.0' },
  interactiveStart: { since: '4.2' },
  // The text of 4.1 has it, no schema does; where a schema is published it would make a document invalid.
  notUsed: { since: '4.3' },
};

/** The four trackers that make a completion rate, in order. */
export const QUARTILE_EVENTS = ['firstQuartile', 'midpoint', 'thirdQuartile', 'complete'] as const;

/** True when a version's schema lists the event. */
export function hasTrackingEvent(event: string, version: VastVersion): boolean {
  const span = Object.hasOwn(TRACKING_EVENTS, event) ? TRACKING_EVENTS[event] : undefined;
  // The 4.0 schema left closeLinear out; 3.0 and 4.1 have it.
  if (event === 'closeLinear' && version === '4.0') return false;
  if (!span || !isAtLeast(version, span.since)) return false;
  return span.until === undefined || !isAtLeast(version, span.until);
}

/** The name of the same moment in another version; undefined when that version cannot express it. */
export function translateTrackingEvent(event: string, version: VastVersion): string | undefined {
  if (hasTrackingEvent(event, version)) return event;
  const other = Object.hasOwn(TRACKING_EVENTS, event) ? TRACKING_EVENTS[event]?.sameAs : undefined;
  return other !== undefined && hasTrackingEvent(other, version) ? other : undefined;
}
