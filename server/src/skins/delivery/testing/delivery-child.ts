import pino from 'pino';
import { runDelivery } from '../main.ts';
import type { DeliveryOptions } from '../options.ts';

/** A delivery node in a process of its own: options as JSON in the first argument, ports on the IPC channel. */
const options = JSON.parse(process.argv[2] ?? '{}') as DeliveryOptions;
const running = await runDelivery({ ...options, logger: pino({ level: 'silent' }) });
process.send?.({ publicPort: running.publicPort, internalPort: running.internalPort });
