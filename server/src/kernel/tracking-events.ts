/** Player events with a signed address of their own, in the order of the VAST 4.2 linear life cycle. */
export const TRACKING_EVENTS = [
  'impression',
  'start',
  'firstQuartile',
  'midpoint',
  'thirdQuartile',
  'complete',
  'mute',
  'unmute',
  'pause',
  'resume',
  'skip',
  'error',
  'click',
] as const;
export type TrackingEvent = (typeof TRACKING_EVENTS)[number];

/** Those that are a figure of their own where they are counted, and what it is called. */
export const EVENT_FIGURES = {
  impression: 'impressions',
  start: 'starts',
  firstQuartile: 'firstQuartiles',
  midpoint: 'midpoints',
  thirdQuartile: 'thirdQuartiles',
  complete: 'completes',
  click: 'clicks',
  error: 'errors',
} as const;
