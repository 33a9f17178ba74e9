import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeControl } from '../compose.ts';
import { acquireDataDirectoryLock, openDatabase } from '../platform/database/index.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { createControlMetrics, serveMetrics } from '../platform/telemetry/metrics.ts';
import { createControlServer } from '../skins/rest/server.ts';
import { openRedis } from './open-redis.ts';
import type { Runtime } from './runtime.ts';
import { startProcessTracing } from './tracing.ts';

export interface RunningControl {
  port: number;
  close(): Promise<void>;
}

/** Opens the database, joins the modules, serves and works. Everything is undone in reverse order by `close`. */
export async function runControl(
  runtime: Runtime,
  roles: { serve: boolean; work: boolean },
): Promise<RunningControl> {
  const { config } = runtime;
  const log = createLogger(roles.serve ? 'control' : 'worker', config.logLevel);
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const lock = acquireDataDirectoryLock(config.dataDir);
  const undo: Array<() => Promise<void> | void> = [() => lock.release()];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    undo.push(await startProcessTracing(config, roles.serve ? 'control' : 'worker', log));
    const database = await openDatabase({
      url: config.databaseUrl,
      poolSize: config.databasePoolSize,
      onFatal: (error) => {
        log.fatal({ err: error }, 'the database is lost');
        process.exit(1);
      },
    });
    undo.push(() => database.close());
    await database.migrate();
    const metrics = createControlMetrics();
    const metricsServer = await serveMetrics(metrics.registry, config.metricsPort).catch((error: Error) => {
      log.warn(
        { err: error, port: config.metricsPort },
        'metrics are not served: CUEPOINT_METRICS_PORT is in use',
      );
      return null;
    });
    if (metricsServer) undo.push(() => metricsServer.close());
    const redis = await openRedis(config, `cuepoint-${roles.serve ? 'control' : 'worker'}`);
    if (redis) {
      redis.onTurn((problem) => {
        if (problem === null) log.info('Redis answers');
        else log.warn({ problem }, 'Redis is away; nodes ask for snapshots and are read as without it');
      });
      undo.push(() => redis.close());
    }
    const plane = await composeControl({ runtime, database, log, metrics, redis, localToken: lock.token });
    undo.push(() => plane.close());
    await plane.prepare();
    let port = 0;
    if (roles.serve) {
      const app = await createControlServer({
        pipeline: plane.pipeline,
        events: plane.events,
        tail: plane.tail,
        newRequestId: plane.newRequestId,
        authenticate: plane.authenticate,
        publicUrl: runtime.publicUrl,
        secureCookies: runtime.publicUrl.startsWith('https:'),
        quarantineDir: join(config.dataDir, 'quarantine'),
        maxUploadBytes: config.maxUploadMegabytes * 1_000_000,
        consoleDir: consoleDirectory(),
        ready: plane.ready,
        log,
        extend: plane.extend,
      });
      await app.listen({ host: config.controlHost, port: runtime.controlPort });
      undo.push(() => app.close());
      port = (app.server.address() as AddressInfo).port;
      const host =
        config.controlHost === '0.0.0.0' || config.controlHost === '::' ? '127.0.0.1' : config.controlHost;
      lock.publish(runtime.publicUrl, runtime.sandbox?.address ?? null, `http://${host}:${port}`);
    }
    if (roles.work) await plane.work();
    return { port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function consoleDirectory(): string | null {
  const directory = fileURLToPath(new URL('../../../console/dist', import.meta.url));
  return existsSync(join(directory, 'index.html')) ? directory : null;
}
