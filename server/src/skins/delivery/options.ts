import type { Logger } from 'pino';
import type { InvalidTraffic } from '../../kernel/delivery-protocol.ts';
import type { RedisPort } from '../../kernel/redis-port.ts';
import type { LogFiles } from './log/segment-files.ts';
import type { GeoHeaderSource } from './viewer/index.ts';

/** Settings of the delivery process. The caller reads them from the environment; this plane never does. */
export interface DeliveryOptions {
  readonly publicPort: number;
  readonly publicHost: string;
  /** Health, metrics and the other plane's reads. Loopback unless `internalHost` says otherwise. */
  readonly internalPort: number;
  readonly internalHost?: string;
  /** Origin of the control plane, such as `http://127.0.0.1:4701`. */
  readonly controlOrigin: string;
  /** Holds `log/<nodeId>/` and `snapshot/`. */
  readonly dataDir: string;
  readonly mediaDir: string;
  /** Shared between the planes, at least 32 characters. */
  readonly planeKey: string;
  /** Unique per data directory: positions in the log are told apart by it. */
  readonly nodeId: string;
  /** Origin that players use, without a trailing slash; part of every tracking address. */
  readonly publicBaseUrl: string;
  /** What reads requests on the public port; `plain` is `listener/` of this folder. `http` when absent. */
  readonly listener?: 'http' | 'plain';
  readonly sync?: 'fsync' | 'relaxed';
  readonly segmentBytes?: number;
  readonly maxQueueBytes?: number;
  /** Size up to which the log keeps what it could forget. */
  readonly logMaxBytes?: number;
  /** How long the log keeps what it could forget, ms; for ever when absent. */
  readonly logMaxAgeMs?: number;
  /** What must hold the records of a segment before it is forgotten: the counts, or a verified backup of them. */
  readonly logPruneAfter?: 'ingested' | 'backup';
  /** With `backup`: when the disk has less room, what is counted is forgotten all the same. */
  readonly logMinFreeBytes?: number;
  /** CIDR ranges of proxies whose forwarding and device headers are believed. */
  readonly trustedProxies?: readonly string[];
  /** Header in which a trusted proxy states the viewer's country, ISO 3166-1 alpha-2. */
  readonly countryHeader?: string;
  /** Whose headers state the rest of the viewer's place, from a trusted proxy. */
  readonly geoHeaders?: GeoHeaderSource;
  /** File of a location database for the place of an address. */
  readonly geoDatabase?: string;
  /** Several nodes spend of the same budgets: this one promises what the bank in the control plane lends it. */
  readonly sharesBudgets?: boolean;
  /** By which nodes share frequency caps and hear news; the node closes it. */
  readonly redis?: RedisPort;
  /** Share of decisions whose readings are logged, so that they can be replayed and explained; 1 when absent. */
  readonly decisionSampleRate?: number;
  /** Checks for invalid traffic that are made; all when absent. */
  readonly trafficChecks?: readonly InvalidTraffic[];
  /** File of hosting ranges: events from them are no viewers'. */
  readonly dataCenterRanges?: string;
  readonly reservationTtlMs?: number;
  readonly tokenTtlMs?: number;
  /** How long open requests may take to finish when the process is asked to stop. */
  readonly drainMs?: number;
  /** Install handlers for SIGTERM, SIGINT and a parent that went away. Default true. */
  readonly handleSignals?: boolean;
  readonly logger?: Logger;
  /** Disk of the log; the real one when absent. */
  readonly files?: LogFiles;
  /** Wall clock, UTC ms; it may step. The machine's when absent. */
  readonly nowMs?: () => number;
}
