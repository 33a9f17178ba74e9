import { describe, expect, it } from 'vitest';
import { hasTrackingEvent, TRACKING_EVENTS, translateTrackingEvent } from './tracking-events.ts';
import { VAST_VERSIONS } from './version.ts';

describe('tracking events', () => {
  it('are as many as each schema lists, and one more in 4.3, which has none', () => {
    const counts = VAST_VERSIONS.map(
      (version) => Object.keys(TRACKING_EVENTS).filter((event) => hasTrackingEvent(event, version)).length,
    );
    expect(counts).toEqual([16, 21, 24, 24, 25, 26]);
  });

  it('keep their moment under another name where they were renamed', () => {
    expect(translateTrackingEvent('fullscreen', '4.2')).toBe('playerExpand');
    expect(translateTrackingEvent('playerCollapse', '3.0')).toBe('exitFullscreen');
    expect(translateTrackingEvent('playerCollapse', '2.0')).toBeUndefined();
    expect(translateTrackingEvent('acceptInvitationLinear', '4.2')).toBe('acceptInvitation');
    expect(translateTrackingEvent('closeLinear', '4.0')).toBeUndefined();
    expect(translateTrackingEvent('start', '2.0')).toBe('start');
    expect(translateTrackingEvent('constructor', '4.2')).toBeUndefined();
  });
});
