import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportRun, ReportSchedule, ReportView } from '@cuepoint/contract';
import { pipelineStore } from '#modules/accounts';
import type { Database } from '../../../platform/database/index.ts';
import { createHttpClient } from '../../../platform/http-client/index.ts';
import { openLocalNamedStore } from '../../../platform/object-store/index.ts';
import { RetryLater } from '../../../platform/queue/index.ts';
import { addCampaign, adOf, deliver } from '../../../testing/delivered-world.ts';
import { createTestApp, type TestApp } from '../../../testing/test-app.ts';
import { webhookSecrets, webhookSender } from '../adapters/webhook.ts';
import { createReporting, createReportSchedules } from '../index.ts';
import { runReport } from '../jobs/run-report.ts';
import type { SchedulePorts } from '../schedule-ports.ts';

export interface Received {
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Somebody who is posted to, over real sockets. */
export interface Receiver {
  url: string;
  received: Received[];
  /** Answers one request; 204 when it is not set. */
  onRequest: ((request: Received, response: ServerResponse) => void) | null;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { path: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString() };
      receiver.received.push(one);
      if (receiver.onRequest) receiver.onRequest(one, response);
      else response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/reports`,
    received: [],
    onRequest: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

export interface ScheduleWorld {
  app: TestApp;
  ports: SchedulePorts;
  /** Runs whose jobs were sent, in order. */
  queued: string[];
  freshAt: Date | null;
  call<T>(operation: string, input: object, options?: Parameters<TestApp['call']>[2]): Promise<T>;
  view(input?: object): Promise<ReportView>;
  schedule(input: object): Promise<ReportSchedule>;
  run(id: string): Promise<ReportRun>;
  /** Runs a job as the queue would, and answers how long it wants to wait; null when it is done. */
  work(runId: string, ports?: Partial<SchedulePorts>, signal?: AbortSignal): Promise<number | null>;
  close(): void;
}

export const START = '2026-11-21T09:00:00.000Z';

/** Two days of delivery, and everything that sends reports of it, with the clock and the queue in hand. */
export async function createScheduleWorld(
  database: Database,
  over: Partial<SchedulePorts> = {},
): Promise<ScheduleWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'report-files-'));
  const queued: string[] = [];
  const none = async () => new Map<string, string>();
  let ports!: SchedulePorts;
  const app = await createTestApp(database, ({ ids, clock }) => {
    const http = createHttpClient({
      allowPrivate: ['127.0.0.1'],
      timeouts: { firstByteMs: 300, totalMs: 600 },
    });
    ports = {
      ids,
      clock,
      creativesForReport: async () => [],
      creativeNames: none,
      placementNames: none,
      deploymentsForReport: async () => [],
      freshAt: () => world.freshAt,
      unitOfWork: database,
      queue: {
        createQueue: async () => undefined,
        work: async () => undefined,
        schedule: async () => undefined,
        async send(_name, data) {
          queued.push(String(data.reportRunId));
          return 'job';
        },
      },
      events: { publish: () => undefined },
      recordAudit: pipelineStore.writeAudit,
      random: () => 0.5,
      reportFiles: openLocalNamedStore(folder),
      keepFileDays: 90,
      mailer: null,
      postWebhook: webhookSender(http, () => clock.now()),
      webhookSecret: webhookSecrets(Buffer.alloc(32, 7)),
      webhookRefusal: (url) => (/^(https:|http:\/\/127\.)/.test(url) ? null : 'https'),
      publicUrl: 'https://console.fernwhistle.example',
      ...over,
    };
    return [...createReporting(ports).operations, ...createReportSchedules(ports).operations];
  });
  app.clock.set(START);
  const world: ScheduleWorld = {
    app,
    ports,
    queued,
    freshAt: new Date(START),
    call: (operation, input, options) => app.call(`reporting.${operation}`, input, options) as never,
    view: (input = {}) =>
      world.call('createReportView', {
        name: 'Evening, by day',
        visibility: 'account',
        dimensions: ['day', 'campaign'],
        period: 'yesterday',
        ...input,
      }),
    schedule: async (input) =>
      world.call('createReportSchedule', {
        reportViewId: (await world.view()).id,
        frequency: 'daily',
        destination: 'storage',
        ...input,
      }),
    run: (reportRunId) => world.call('getReportRun', { reportRunId }),
    async work(reportRunId, more = {}, signal) {
      try {
        await runReport({ ...ports, ...more }, { accountId: app.accounts[0], reportRunId }, signal);
        return null;
      } catch (error) {
        if (error instanceof RetryLater) return error.delayMs;
        throw error;
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  const campaign = await addCampaign(database, {
    accountId: app.accounts[0],
    key: 'autumn',
    startAt: '2026-10-01T04:00:00.000Z',
    endAt: '2026-12-31T05:00:00.000Z',
  });
  await deliver(database, [
    ...adOf(campaign, '2026-11-20T10:00:00.000Z'),
    ...adOf(campaign, '2026-11-21T03:00:00.000Z'),
    ...adOf(campaign, '2026-11-21T08:00:00.000Z'),
  ]);
  return world;
}
