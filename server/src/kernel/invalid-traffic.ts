/**
 * Why an event is held to come from no viewer (general invalid traffic: MRC, Invalid Traffic Detection and Filtration
 * Standards Addendum, June 2020), in the order in which the first reason is taken. Such an event is kept, marked and never
 * billed.
 */
export const INVALID_TRAFFIC = [
  /** Fetched ahead of time: nobody is shown anything by it. */
  'prefetch',
  /** The agent is a known robot, crawler or HTTP tool. */
  'robot',
  /** There is no agent, or it names no product. */
  'unknown_agent',
  /** The address belongs to a hosting range that the operator named, and no named proxy speaks for a viewer. */
  'data_center',
  /** More impressions or clicks from one address and agent within a minute than screens behind it could play. */
  'excessive_rate',
  /** Progress of an ad that never began. */
  'impossible_order',
  /** Progress sooner than the ad can have played that far. */
  'impossible_speed',
] as const;
export type InvalidTraffic = (typeof INVALID_TRAFFIC)[number];
