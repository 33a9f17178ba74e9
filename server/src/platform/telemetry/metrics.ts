import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What is read at the moment of a scrape. */
export interface ControlSource {
  /** Seconds since everything durable was counted; NaN before it ever was. */
  ingestAgeSeconds(): number;
  /** Attempts in a row that failed; 0 while it goes on. */
  ingestFailures(): number;
  /** Events that were counted before, since the start. */
  ingestDuplicates(): number;
  liveTails(): number;
  queues(): Promise<readonly { queue: string; state: string; count: number }[]>;
}

export interface ControlMetrics {
  registry: Registry;
  call(measure: { operation: string; skin: string; outcome: string; durationMs: number }): void;
  ingested(events: number): void;
  /** From now on every scrape asks this for what it says of the moment. */
  watch(source: ControlSource): void;
  attemptFailed(queue: string): void;
  /** Archived records that have lost whom they were for, by their age. */
  identitiesCleared(records: number): void;
  /** Erasures that are still to be carried out. */
  erasures(open: { pending: number; oldestPendingMs: number }): void;
}

export function createControlMetrics(): ControlMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = new Histogram({
    name: 'cuepoint_operation_duration_seconds',
    help: 'Duration of operations by skin and outcome.',
    labelNames: ['operation', 'skin', 'outcome'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [registry],
  });
  const events = new Counter({
    name: 'cuepoint_ingested_records_total',
    help: 'Log records ingested.',
    registers: [registry],
  });
  const failures = new Counter({
    name: 'cuepoint_job_attempts_failed_total',
    help: 'Attempts of jobs that failed.',
    labelNames: ['queue'],
    registers: [registry],
  });
  const cleared = new Counter({
    name: 'cuepoint_identities_cleared_total',
    help: 'Archived records whose hashed identity was cleared for its age.',
    registers: [registry],
  });
  const pending = new Gauge({
    name: 'cuepoint_viewer_erasures_pending',
    help: 'Requests for erasure that are not carried out everywhere yet.',
    registers: [registry],
  });
  const oldest = new Gauge({
    name: 'cuepoint_viewer_erasure_pending_seconds',
    help: 'How long the oldest request for erasure has been waiting to be carried out.',
    registers: [registry],
  });
  return {
    registry,
    call: ({ operation, skin, outcome, durationMs }) =>
      calls.observe({ operation, skin, outcome }, durationMs / 1000),
    ingested: (count) => events.inc(count),
    watch: (source) => watch(registry, source),
    attemptFailed: (queue) => failures.inc({ queue }),
    identitiesCleared: (records) => cleared.inc(records),
    erasures: (open) => {
      pending.set(open.pending);
      oldest.set(open.oldestPendingMs / 1000);
    },
  };
}

function watch(registry: Registry, source: ControlSource): void {
  const gauge = (name: string, help: string, read: () => number) => {
    const metric: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        metric.set(read());
      },
    });
  };
  gauge('cuepoint_ingest_age_seconds', 'Since everything durable was counted.', () =>
    source.ingestAgeSeconds(),
  );
  gauge('cuepoint_ingest_failures', 'Attempts to ingest that failed in a row.', () =>
    source.ingestFailures(),
  );
  gauge('cuepoint_live_tails', 'Live tails that are open.', () => source.liveTails());
  const duplicates = new Counter({
    name: 'cuepoint_ingest_duplicates_total',
    help: 'Events that were counted before, by key.',
    registers: [registry],
    collect() {
      duplicates.reset();
      duplicates.inc(source.ingestDuplicates());
    },
  });
  const depth = new Gauge({
    name: 'cuepoint_queue_jobs',
    help: 'Jobs by queue and state.',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      depth.reset();
      for (const { queue, state, count } of await source.queues()) depth.set({ queue, state }, count);
    },
  });
}

export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

/** Prometheus text on loopback, on a port of its own: never reachable through the public one. */
export async function serveMetrics(registry: Registry, port: number): Promise<MetricsServer> {
  const server = http.createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
