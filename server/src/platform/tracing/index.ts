export { startTracing, type TracingSettings } from './tracing.ts';
