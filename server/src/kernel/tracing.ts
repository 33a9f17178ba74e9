/**
 * The face of tracing: what work is told apart, timed and joined across processes. Nothing here knows a library; while
 * nobody has installed a tracer, a guard by `tracer !== null` is all it costs.
 */

/** Everything a span may say. A closed list: no address, no id of a viewer, no message of an error has a name here. */
export interface SpanAttributes {
  operation?: string;
  skin?: string;
  outcome?: string;
  role?: string;
  attempts?: number;
  queue?: string;
  attempt?: number;
  node?: string;
  path?: string;
  records?: number;
  events?: number;
  decisions?: number;
  duplicates?: number;
  lag_ms?: number;
  segment?: number;
  line_items?: number;
  creatives?: number;
  bytes?: number;
  files?: number;
  snapshot?: string;
  body_sent?: boolean;
  pots?: number;
  placement_id?: string;
  decision_id?: string;
  ads?: number;
  reason?: string;
  event?: string;
  position?: number;
}

export interface Span {
  readonly traceId: string;
  /** Header of W3C Trace Context for what is asked of others because of this. */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  /** @param error why it failed; only the name of its class or its code is kept */
  end(error?: unknown): void;
}

export interface SpanOptions {
  attributes?: SpanAttributes;
  /** `traceparent` that came with a request; the span under which this runs when absent. */
  parent?: string | undefined;
  /** When it began, ms since 1970; now when absent. */
  startedAtMs?: number;
}

export interface Tracer {
  start(name: string, options?: SpanOptions): Span;
  /** Runs work under a span. */
  run<T>(span: Span, work: () => T): T;
  current(): Pick<Span, 'traceId' | 'traceparent'> | null;
  /** Whether an ad decision is one of those that are traced: the same answer in every process, by the id alone. */
  chooses(decisionId: string): boolean;
  /** The span of a decision that is chosen: its trace is known by the id. @param link `traceparent` of who asked */
  startDecision(decisionId: string, options: SpanOptions & { link?: string | undefined }): Span;
  /** Header under which whatever comes of a chosen decision belongs. */
  parentOf(decisionId: string): string;
  /** True for the share of things that are traced as ads are, and have no decision. */
  samples(): boolean;
}

export let tracer: Tracer | null = null;

export function installTracer(one: Tracer | null): void {
  tracer = one;
}

/** Runs work under a span of its own, or just runs it. */
export async function traced<T>(
  name: string,
  attributes: SpanAttributes,
  work: (span: Span | null) => Promise<T>,
  parent?: string | undefined,
): Promise<T> {
  const used = tracer;
  if (used === null) return work(null);
  const span = used.start(name, { attributes, parent });
  try {
    const result = await used.run(span, () => work(span));
    span.end();
    return result;
  } catch (error) {
    if (typeof error === 'object' && error !== null) traces.set(error, span.traceId);
    span.end(error);
    throw error;
  }
}

/** The header for a call of ours to another process, when there is something to join. */
export function traceHeaders(): { traceparent?: string } {
  const current = tracer?.current();
  return current ? { traceparent: current.traceparent } : {};
}

const traces = new WeakMap<object, string>();

/** The trace in which an error came up. */
export function traceIdOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? traces.get(error) : undefined;
}
