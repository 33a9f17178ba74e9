import pino from 'pino';
import { tracer } from '../../kernel/tracing.ts';

export type Logger = pino.Logger;

/** Structured lines on stderr, so that stdout stays for results. Secrets are masked by name. */
export function createLogger(part: string, level: string): Logger {
  return pino(
    {
      name: part,
      level,
      redact: {
        paths: [
          'password',
          'token',
          'secret',
          'authorization',
          '*.password',
          '*.token',
          '*.secret',
          '*.authorization',
        ],
        censor: '(secret)',
      },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => {
        const current = tracer?.current();
        return current ? { traceId: current.traceId } : {};
      },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
