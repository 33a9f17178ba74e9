import type { Config } from '../config.ts';
import type { Logger } from '../platform/telemetry/logger.ts';
import { startTracing } from '../platform/tracing/index.ts';
import { productVersion } from '../product-version.ts';

/** Begins to trace a process as its settings say. Answers the way to stop. */
export function startProcessTracing(
  { otlpEndpoint, traceAdRate }: Pick<Config, 'otlpEndpoint' | 'traceAdRate'>,
  part: 'control' | 'worker' | 'delivery' | 'backup',
  log: Pick<Logger, 'warn'>,
): Promise<() => Promise<void>> {
  return startTracing({
    endpoint: otlpEndpoint,
    service: `cuepoint-${part}`,
    version: productVersion,
    adSampleRate: traceAdRate,
    onProblem: (problem) => log.warn({ problem }, 'tracing'),
  });
}
