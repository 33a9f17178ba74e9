import { createRequire } from 'node:module';
import type { Context } from '@opentelemetry/api';
import { installTracer, type Span, type SpanAttributes, type Tracer } from '../../kernel/tracing.ts';
import { decisionTrace, isChosen } from './decision-trace.ts';

export interface TracingSettings {
  /** Of a collector that takes OTLP over HTTP, such as http://127.0.0.1:4318; nothing is traced without one. */
  endpoint: string | undefined;
  /** Name of this process in traces, such as `cuepoint-control`. */
  service: string;
  version: string;
  /** Share of ad decisions that are traced, 0 to 1. */
  adSampleRate: number;
  /** Spans could not be handed over; called at most once a minute. */
  onProblem(problem: string): void;
}

const TRACES_PATH = '/v1/traces';
/** Beyond it spans are dropped: tracing must not take memory from serving. */
const MOST_QUEUED = 4096;
const TELL_EVERY_MS = 60_000;

/**
 * Begins to trace, if an endpoint is set. The libraries are loaded here and nowhere else, so that a process without tracing
 * has none of them. Answers the way to stop: what is queued is sent, or given up after five seconds.
 */
export async function startTracing(settings: TracingSettings): Promise<() => Promise<void>> {
  const { endpoint, service, version, adSampleRate } = settings;
  if (endpoint === undefined) return async () => undefined;
  const { api, sdk, OTLPTraceExporter, resourceFromAttributes } = load();
  let toldAt = Number.NEGATIVE_INFINITY;
  api.diag.setLogger(
    {
      error: tell,
      warn: tell,
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  function tell(): void {
    const now = performance.now();
    if (now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    // What the library says may hold the address, and with it a key.
    settings.onProblem('traces could not be handed over; they are dropped, and all else goes on');
  }

  const ids = new sdk.RandomIdGenerator();
  /** Of the span that is started next, when its ids are known before. */
  let known: { traceId: string; spanId: string } | null = null;
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.AlwaysOnSampler() }),
    idGenerator: {
      generateTraceId: () => known?.traceId ?? ids.generateTraceId(),
      generateSpanId: () => known?.spanId ?? ids.generateSpanId(),
    },
    spanProcessors: [
      new sdk.BatchSpanProcessor(new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: 5000 }), {
        maxQueueSize: MOST_QUEUED,
        maxExportBatchSize: 512,
        scheduledDelayMillis: 1000,
      }),
    ],
  });
  provider.register();
  const otel = api.trace.getTracer('cuepoint', version);

  function parentContext(parent: string | undefined): Context {
    if (parent === undefined) return api.context.active();
    const context = readTraceparent(parent);
    return context === null
      ? api.ROOT_CONTEXT
      : api.trace.setSpanContext(api.ROOT_CONTEXT, { ...context, isRemote: true });
  }

  type Started = Span & { otel: ReturnType<typeof otel.startSpan> };
  function spanOf(started: ReturnType<typeof otel.startSpan>): Started {
    const { traceId, spanId, traceFlags } = started.spanContext();
    return {
      otel: started,
      traceId,
      traceparent: `00-${traceId}-${spanId}-0${traceFlags & 1}`,
      set: (attributes) => void started.setAttributes(prefixed(attributes)),
      end(error) {
        if (error !== undefined) {
          started.setAttribute('error.type', errorType(error));
          started.setStatus({ code: api.SpanStatusCode.ERROR });
        }
        started.end();
      },
    };
  }

  const tracer: Tracer = {
    start(name, { attributes = {}, parent, startedAtMs } = {}) {
      const options = {
        attributes: prefixed(attributes),
        ...(startedAtMs === undefined ? {} : { startTime: startedAtMs }),
      };
      return spanOf(otel.startSpan(name, options, parentContext(parent)));
    },
    run: (span, work) =>
      api.context.with(api.trace.setSpan(api.context.active(), (span as Started).otel), work),
    current() {
      const active = api.trace.getActiveSpan();
      return active === undefined ? null : spanOf(active);
    },
    chooses: (decisionId) => isChosen(decisionId, adSampleRate),
    startDecision(decisionId, { attributes = {}, startedAtMs, link }) {
      const asked = link === undefined ? null : readTraceparent(link);
      known = decisionTrace(decisionId);
      try {
        const options = {
          root: true,
          attributes: prefixed(attributes),
          ...(startedAtMs === undefined ? {} : { startTime: startedAtMs }),
          ...(asked === null ? {} : { links: [{ context: asked }] }),
        };
        return spanOf(otel.startSpan('ad.decision', options, api.ROOT_CONTEXT));
      } finally {
        known = null;
      }
    },
    parentOf(decisionId) {
      const { traceId, spanId } = decisionTrace(decisionId);
      return `00-${traceId}-${spanId}-01`;
    },
    samples: () => Math.random() < adSampleRate,
  };
  installTracer(tracer);
  return async () => {
    installTracer(null);
    const limit = new Promise<void>((resolve) => setTimeout(resolve, 5000).unref());
    await Promise.race([provider.shutdown().catch(tell), limit]);
    for (const part of [api.trace, api.context, api.propagation, api.diag]) part.disable();
  };
}

/** By `require`: the form that Node itself takes, where one of them offers bundlers another that it cannot. */
function load() {
  const require = createRequire(import.meta.url);
  const api: typeof import('@opentelemetry/api') = require('@opentelemetry/api');
  const sdk: typeof import('@opentelemetry/sdk-trace-node') = require('@opentelemetry/sdk-trace-node');
  const exporter: typeof import('@opentelemetry/exporter-trace-otlp-http') =
    require('@opentelemetry/exporter-trace-otlp-http');
  const resources: typeof import('@opentelemetry/resources') = require('@opentelemetry/resources');
  return { api, sdk, ...exporter, ...resources };
}

/** The address of traces at an endpoint, which may name it already. */
function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (!url.pathname.endsWith(TRACES_PATH)) url.pathname = url.pathname.replace(/\/+$/, '') + TRACES_PATH;
  return url.href;
}

/** W3C Trace Context, version 00; null for what is none. */
function readTraceparent(text: string): { traceId: string; spanId: string; traceFlags: number } | null {
  const found = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text);
  if (found === null || /^0+$/.test(found[1]!) || /^0+$/.test(found[2]!)) return null;
  return { traceId: found[1]!, spanId: found[2]!, traceFlags: Number.parseInt(found[3]!, 16) & 1 };
}

function prefixed(attributes: SpanAttributes): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`cuepoint.${name}`, value]));
}

/** A declared code, or the class: never the message, which may quote what somebody sent. */
function errorType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && /^[\w.]{1,64}$/.test(code)) return code;
  return error instanceof Error ? error.name : 'object';
}
