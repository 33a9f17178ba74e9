import { join } from 'node:path';
import { pipelineStore } from '#modules/accounts';
import {
  createReporting,
  createReportSchedules,
  type ReportingPorts,
  webhookSecrets,
  webhookSender,
} from '#modules/reporting';
import type { Clock } from './kernel/clock.ts';
import type { EventBus } from './kernel/event-bus.ts';
import type { Database } from './platform/database/index.ts';
import { createHttpClient } from './platform/http-client/index.ts';
import { createSmtpMailer } from './platform/mail/index.ts';
import { openLocalNamedStore } from './platform/object-store/index.ts';
import type { Queue } from './platform/queue/index.ts';
import type { Runtime } from './processes/runtime.ts';
import { productVersion } from './product-version.ts';

interface ReportParts {
  runtime: Runtime;
  database: Database;
  queue: Queue;
  clock: Clock;
  events: EventBus;
  /** Signs what leaves the installation; secrets of webhooks are derived from it. */
  signingKey: Uint8Array;
}

/** Reports, and everything that sends them: mail, webhooks, the store of their files. */
export function composeReports(parts: ReportParts, ports: ReportingPorts) {
  const { runtime, database, queue, clock, events, signingKey } = parts;
  const { dataDir, smtpUrl, mailFrom, reportFileDays, webhookPrivateHosts = [] } = runtime.config;
  // Of its own: it may reach what the operator names and never a stand-in platform.
  const http = createHttpClient({
    userAgent: `Cuepoint/${productVersion}`,
    allowPrivate: webhookPrivateHosts,
  });
  const schedules = createReportSchedules({
    ...ports,
    unitOfWork: database,
    queue,
    clock,
    events,
    recordAudit: pipelineStore.writeAudit,
    random: Math.random,
    reportFiles: openLocalNamedStore(join(dataDir, 'reports')),
    keepFileDays: reportFileDays,
    mailer: smtpUrl && mailFrom ? createSmtpMailer({ url: smtpUrl, from: mailFrom }) : null,
    postWebhook: webhookSender(http, () => clock.now()),
    webhookSecret: webhookSecrets(signingKey),
    webhookRefusal: (url) => webhookRefusal(url, webhookPrivateHosts),
    publicUrl: runtime.publicUrl,
  });
  return { reporting: createReporting(ports), schedules };
}

/** By how it is written alone; where a name leads is judged whenever it is posted to. */
function webhookRefusal(address: string, privateHosts: readonly string[]): string | null {
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return 'an address without user name and password';
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (privateHosts.includes(url.hostname) || privateHosts.includes(`${url.hostname}:${port}`)) return null;
  return url.protocol === 'https:' ? null : 'https, or a host named in CUEPOINT_WEBHOOK_PRIVATE_HOSTS';
}
