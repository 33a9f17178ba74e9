import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { InvalidTraffic, NodeStatus, TrackingEvent } from '../../kernel/delivery-protocol.ts';

/** Sixteen steps per power of two of microseconds: about 6 % apart, from 1 µs to 70 s. */
const STEPS = 16;
const BUCKETS = 26 * STEPS;

/** Durations in a fixed number of counters; cheap enough for every request. */
class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  static bucketOf(milliseconds: number): number {
    const position = Math.log2(Math.max(1, milliseconds * 1000)) * STEPS;
    return Math.min(BUCKETS - 1, Math.floor(position));
  }

  add(bucket: number): void {
    this.#counts[bucket]!++;
    this.#total++;
  }

  /** Upper edge of the bucket that holds this share of all, in milliseconds; 0 when empty. */
  quantile(share: number): number {
    let left = Math.ceil(this.#total * share);
    if (this.#total === 0) return 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return 2 ** ((bucket + 1) / STEPS) / 1000;
    }
    return 2 ** (BUCKETS / STEPS) / 1000;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }
}

/** What `observe` reads at the moment of a scrape. */
export interface MetricsSource {
  ready(): boolean;
  snapshotAgeSeconds(): number;
  snapshotBuildMs(): number;
  snapshotsRefused(): number;
  openReservations(): number;
  queuedBytes(): number;
  droppedRecords(): number;
  logBatches(): number;
  durableSegment(): number;
  segmentAgeSeconds(): number;
  /** NaN until it was looked at. */
  oldestSegmentAgeSeconds(): number;
  /** Where budgets are shared. */
  leases?(): NonNullable<NodeStatus['leases']>;
  /** Where nodes share what they count. */
  redis?(): NonNullable<NodeStatus['redis']>;
}

const WINDOW_SECONDS = 10;

/** Counters of one node. Plain numbers on the hot path; prom-client sees them when somebody asks. */
export class DeliveryMetrics {
  readonly registry = new Registry();
  readonly #decisionMs = new LatencyHistogram();
  #previousMs = new LatencyHistogram();
  #currentMs = new LatencyHistogram();
  readonly #commitMs = new LatencyHistogram();
  #previousCommitMs = new LatencyHistogram();
  #currentCommitMs = new LatencyHistogram();
  readonly #perSecond = new Uint32Array(WINDOW_SECONDS);
  #second = 0;
  requests = 0;
  ads = 0;
  /** Ads in those answers; a break has several. */
  adsServed = 0;
  /** Ads that were decided on and could not be written into the answer. */
  adsUnservable = 0;
  /** Error addresses of answers without an ad that players called. */
  emptyErrors = 0;
  events = 0;
  duplicates = 0;
  eventsRefused = 0;
  clicksUnrecorded = 0;
  /** Log segments pruned for want of room before a verified backup held what was counted of them. */
  unbackedSegments = 0;
  readonly #noAds = new Map<string, number>();
  readonly #events = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #invalid = new Map<string, number>();

  /** One ad request finished. */
  countRequest(milliseconds: number): void {
    this.requests++;
    const bucket = LatencyHistogram.bucketOf(milliseconds);
    this.#decisionMs.add(bucket);
    this.#currentMs.add(bucket);
    this.#perSecond[this.#second]!++;
  }

  /** One batch of the log was written and synced. */
  countCommit(milliseconds: number): void {
    const bucket = LatencyHistogram.bucketOf(milliseconds);
    this.#commitMs.add(bucket);
    this.#currentCommitMs.add(bucket);
  }

  /** Of the commits of the last ten to twenty seconds, milliseconds; 0 when there were none. */
  commitQuantileMs(share: number): number {
    return this.#currentCommitMs.quantile(share) || this.#previousCommitMs.quantile(share);
  }

  /** Events that came from no viewer by reason, and tracking addresses that were refused by code. */
  get invalidByReason(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#invalid);
  }
  get refusedByCode(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  countNoAd(reason: string): void {
    this.#noAds.set(reason, (this.#noAds.get(reason) ?? 0) + 1);
  }

  countEvent(event: TrackingEvent, answer: 'counted' | 'duplicate' | 'invalid'): void {
    this.events++;
    if (answer === 'duplicate') this.duplicates++;
    this.#events.set(event, (this.#events.get(event) ?? 0) + 1);
  }

  countInvalid(reason: InvalidTraffic): void {
    this.#invalid.set(reason, (this.#invalid.get(reason) ?? 0) + 1);
  }

  countRefused(code: string): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  /** Call once a second. */
  tick(): void {
    this.#second = (this.#second + 1) % WINDOW_SECONDS;
    this.#perSecond[this.#second] = 0;
    if (this.#second !== 0) return;
    this.#previousMs = this.#currentMs;
    this.#currentMs = new LatencyHistogram();
    this.#previousCommitMs = this.#currentCommitMs;
    this.#currentCommitMs = new LatencyHistogram();
  }

  /** Mean of the last whole seconds. */
  requestsPerSecond(): number {
    const done = this.#perSecond.reduce((sum, count) => sum + count, 0) - this.#perSecond[this.#second]!;
    return done / (WINDOW_SECONDS - 1);
  }

  /** Time inside this process of the last ten to twenty seconds' ad requests; 0 when there were none. */
  quantileMs(share: number): number {
    return this.#currentMs.quantile(share) || this.#previousMs.quantile(share);
  }

  /** Registers everything under `cuepoint_delivery_`. */
  observe(source: MetricsSource): void {
    collectDefaultMetrics({ register: this.registry });
    const { counter, gauge } = this;
    counter('requests_total', 'Ad requests answered', () => this.requests);
    counter('ads_total', 'Ad requests answered with an ad', () => this.ads);
    counter('ads_served_total', 'Ads in answers, those of breaks one by one', () => this.adsServed);
    counter(
      'ads_unservable_total',
      'Ads left out because their creative cannot be written',
      () => this.adsUnservable,
    );
    counter(
      'empty_answers_reported_total',
      'Players that reported an answer without an ad',
      () => this.emptyErrors,
    );
    counter('event_duplicates_total', 'Events acknowledged a second time', () => this.duplicates);
    counter(
      'events_unavailable_total',
      'Events refused because the log could not keep them',
      () => this.eventsRefused,
    );
    counter('clicks_unrecorded_total', 'Clicks sent on without a record', () => this.clicksUnrecorded);
    counter('log_records_dropped_total', 'Log records not kept, decisions included', () =>
      source.droppedRecords(),
    );
    counter(
      'log_unbacked_segments_pruned_total',
      'Counted log segments pruned for want of room before a verified backup held them',
      () => this.unbackedSegments,
    );
    counter('log_batches_total', 'Group commits', () => source.logBatches());
    counter('snapshots_refused_total', 'Snapshots that did not decode', () => source.snapshotsRefused());
    gauge('ready', '1 when the node answers with ads', () => (source.ready() ? 1 : 0));
    gauge('snapshot_age_seconds', 'Since the control plane confirmed the snapshot', () =>
      source.snapshotAgeSeconds(),
    );
    gauge('snapshot_swap_milliseconds', 'Time the last snapshot took to take over, in slices', () =>
      source.snapshotBuildMs(),
    );
    gauge('open_reservations', 'Decisions that hold money', () => source.openReservations());
    gauge('log_queued_bytes', 'Bytes waiting for the disk', () => source.queuedBytes());
    gauge('log_segment', 'Segment being written', () => source.durableSegment());
    gauge('log_segment_age_seconds', 'Since the segment being written was begun', () =>
      source.segmentAgeSeconds(),
    );
    gauge('log_oldest_age_seconds', 'Since the oldest segment that is kept was begun', () =>
      source.oldestSegmentAgeSeconds(),
    );
    const leases = source.leases?.bind(source);
    if (leases) {
      gauge('leases_open', '1 while budgets are lent to this node', () => (leases().isOpen ? 1 : 0));
      gauge(
        'lease_answer_age_seconds',
        'Since the bank of budgets answered',
        () => leases().answeredSeconds ?? Number.NaN,
      );
      counter(
        'lease_failures_total',
        'Questions the bank of budgets did not answer',
        () => leases().failures,
      );
      gauge('lease_nodes', 'Nodes that share the budgets', () => leases().nodes);
      gauge('lease_pots', 'Pots of which this node was lent', () => leases().pots ?? 0);
      gauge(
        'lease_pots_used_up',
        'Pots of which what was lent does not reach for one impression',
        () => leases().potsUsedUp ?? 0,
      );
    }
    const redis = source.redis?.bind(source);
    if (redis) {
      gauge('redis_here', '1 while Redis answers in time', () => (redis().isHere ? 1 : 0));
      counter(
        'redis_failures_total',
        'Questions Redis did not answer in time or refused',
        () => redis().failures,
      );
      gauge(
        'redis_unwritten_exposures',
        'Exposures that Redis has not been told yet',
        () => redis().unwrittenExposures,
      );
      counter(
        'redis_forgotten_exposures_total',
        'Exposures that Redis will never be told',
        () => redis().forgottenExposures,
      );
    }
    this.#labelled('no_ads_total', 'Ad requests without an ad', 'reason', this.#noAds);
    this.#labelled('events_total', 'Events acknowledged', 'event', this.#events);
    this.#labelled('events_invalid_total', 'Events held to come from no viewer', 'reason', this.#invalid);
    this.#labelled('links_refused_total', 'Tracking addresses refused', 'code', this.#refused);
    this.#quantiles(
      'request_seconds',
      'Time inside the process of an ad request, by quantile since start',
      this.#decisionMs,
    );
    this.#quantiles(
      'log_commit_seconds',
      'Write and sync of one batch of the log, by quantile since start: what an acknowledgement waits for',
      this.#commitMs,
    );
  }

  #quantiles(name: string, help: string, histogram: LatencyHistogram): void {
    const quantiles = new Gauge({
      name: `cuepoint_delivery_${name}`,
      help,
      labelNames: ['quantile'],
      registers: [this.registry],
      collect() {
        for (const share of [0.5, 0.99, 0.999])
          quantiles.set({ quantile: share }, histogram.quantile(share) / 1000);
      },
    });
  }

  counter = (name: string, help: string, read: () => number): void => {
    const metric = new Counter({
      name: `cuepoint_delivery_${name}`,
      help,
      registers: [this.registry],
      collect() {
        metric.reset();
        metric.inc(read());
      },
    });
  };

  gauge = (name: string, help: string, read: () => number): void => {
    const metric = new Gauge({
      name: `cuepoint_delivery_${name}`,
      help,
      registers: [this.registry],
      collect() {
        metric.set(read());
      },
    });
  };

  #labelled(name: string, help: string, label: string, values: ReadonlyMap<string, number>): void {
    const metric = new Counter({
      name: `cuepoint_delivery_${name}`,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        metric.reset();
        for (const [value, count] of values) metric.inc({ [label]: value }, count);
      },
    });
  }
}
