import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface ControlMetrics {
  registry: Registry;
  call(measure: { operation: string; skin: string; outcome: string; durationMs: number }): void;
  ingested(events: number): void;
  queueDepth(queue: string, state: string, count: number): void;
  attemptFailed(queue: string): void;
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
  const depth = new Gauge({
    name: 'cuepoint_queue_jobs',
    help: 'Jobs by queue and state.',
    labelNames: ['queue', 'state'],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'cuepoint_job_attempts_failed_total',
    help: 'Attempts of jobs that failed.',
    labelNames: ['queue'],
    registers: [registry],
  });
  return {
    registry,
    call: ({ operation, skin, outcome, durationMs }) =>
      calls.observe({ operation, skin, outcome }, durationMs / 1000),
    ingested: (count) => events.inc(count),
    queueDepth: (queue, state, count) => depth.set({ queue, state }, count),
    attemptFailed: (queue) => failures.inc({ queue }),
  };
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
