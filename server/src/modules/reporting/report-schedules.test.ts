import { createHash, createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { ReportFile, ReportRun, ReportSchedule } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSmtpMailer } from '../../platform/mail/index.ts';
import { type MailServer, startMailServer } from '../../platform/mail/testing/mail-server.ts';
import { databaseSuite } from '../../testing/index.ts';
import { makeDueRuns, sweepRuns } from './jobs/due-runs.ts';
import { sweepReportFiles } from './jobs/sweep-files.ts';
import { reportScheduleTable } from './tables.ts';
import {
  createScheduleWorld,
  type Receiver,
  type ScheduleWorld,
  START,
  startReceiver,
} from './testing/schedule-world.ts';

let world: ScheduleWorld;
let receiver: Receiver;
let mail: MailServer;
const refusal = (code: string, message: RegExp = /./) => ({ code, message: expect.stringMatching(message) });
const outcomes = (run: ReportRun) => run.attempts.map(({ outcome }) => outcome);

databaseSuite('scheduled reports', (open) => {
  beforeAll(async () => {
    [receiver, mail] = [await startReceiver(), await startMailServer()];
    world = await createScheduleWorld(await open(), {
      mailer: createSmtpMailer({
        url: mail.url,
        from: 'Reports <reports@fernwhistle.example>',
        answerMs: 400,
      }),
    });
  });
  afterAll(async () => {
    world?.close();
    await Promise.all([receiver?.close(), mail?.close()]);
  });
  beforeEach(() => {
    world.app.clock.set(START);
    world.freshAt = new Date(START);
    world.queued.length = 0;
    receiver.received.length = 0;
    receiver.onRequest = null;
    mail.taken.length = 0;
    mail.onCommand = () => null;
  });
  const runNow = (schedule: ReportSchedule) =>
    world.call<ReportRun>('runReportSchedule', { reportScheduleId: schedule.id });
  const webhook = () => world.schedule({ destination: 'webhook', webhookUrl: receiver.url });

  describe('by their times', () => {
    it('come once when they are due, and say when they come next', async () => {
      const schedule = await world.schedule({ localTime: '06:00' });
      expect(schedule).toMatchObject({
        timeZone: 'America/New_York',
        nextRunAt: '2026-11-21T11:00:00.000Z',
        status: 'active',
        lastRun: null,
      });
      expect(await makeDueRuns(world.ports)).toBe(0);
      world.app.clock.set('2026-11-21T11:00:00.000Z');
      world.freshAt = new Date('2026-11-21T11:00:00.000Z');
      // Two workers look at the same moment.
      const made = await Promise.all([makeDueRuns(world.ports), makeDueRuns(world.ports)]);
      expect(made[0]! + made[1]!).toBe(1);
      expect(world.queued).toHaveLength(1);
      expect(await world.work(world.queued[0]!)).toBeNull();
      const shown = await world.call<ReportSchedule>('getReportSchedule', { reportScheduleId: schedule.id });
      expect(shown).toMatchObject({
        nextRunAt: '2026-11-22T11:00:00.000Z',
        lastRun: { status: 'sent', scheduledFor: '2026-11-21T11:00:00.000Z' },
      });
      await world.call('archiveReportSchedule', { reportScheduleId: schedule.id });
    });

    it('are made up for by one run after a server was down, with the days of its time', async () => {
      const schedule = await world.schedule({ localTime: '06:00' });
      world.app.clock.set('2026-11-25T15:00:00.000Z');
      world.freshAt = new Date('2026-11-25T14:59:59.000Z');
      expect(await makeDueRuns(world.ports)).toBe(1);
      expect(await makeDueRuns(world.ports)).toBe(0);
      await world.work(world.queued[0]!);
      expect(await world.run(world.queued[0]!)).toMatchObject({
        trigger: 'schedule',
        scheduledFor: '2026-11-25T11:00:00.000Z',
        missedRuns: 4,
        status: 'sent',
        file: { from: '2026-11-24', to: '2026-11-24', isComplete: true },
      });
      await world.call('archiveReportSchedule', { reportScheduleId: schedule.id });
    });

    it('do not come while paused, and go on from the next time', async () => {
      const schedule = await world.schedule({ localTime: '06:00' });
      const move = (operation: string) =>
        world.call<ReportSchedule>(operation, { reportScheduleId: schedule.id });
      expect(await move('pauseReportSchedule')).toMatchObject({ status: 'paused', nextRunAt: null });
      world.app.clock.set('2026-11-24T15:00:00.000Z');
      expect(await makeDueRuns(world.ports)).toBe(0);
      expect(await move('resumeReportSchedule')).toMatchObject({
        status: 'active',
        nextRunAt: '2026-11-25T11:00:00.000Z',
      });
      await move('archiveReportSchedule');
      for (const operation of ['pauseReportSchedule', 'resumeReportSchedule', 'runReportSchedule'])
        await expect(move(operation)).rejects.toMatchObject(refusal('report_schedule.archived'));
    });
  });

  describe('to storage', () => {
    it('lie under one key as the report says, and are downloaded by members', async () => {
      const { id } = await runNow(await world.schedule({ format: 'csv' }));
      expect(await world.work(id)).toBeNull();
      const run = await world.run(id);
      expect(run).toMatchObject({
        status: 'sent',
        file: { name: 'evening-by-day-delivery-day-campaign-2026-11-20-2026-11-20.csv', rows: 1 },
      });
      expect(run.file!.storageKey).toBe(
        `runs/${world.app.accounts[0]}/${run.reportScheduleId}/2026-11-21-${id}.csv`,
      );
      const file = await world.call<ReportFile>('downloadReportRun', { reportRunId: id });
      const asked = await world.call<ReportFile>('exportReportView', { reportViewId: run.reportViewId });
      expect(file.content).toBe(asked.content);
      expect(createHash('sha256').update(file.content).digest('hex')).toBe(run.file!.sha256);
      await expect(
        world.call('downloadReportRun', { reportRunId: id }, { account: 1 }),
      ).rejects.toMatchObject(refusal('report_run.not_found'));
    });

    it('are removed after their days, and the run says so', async () => {
      const { id } = await runNow(await world.schedule({}));
      await expect(world.call('downloadReportRun', { reportRunId: id })).rejects.toMatchObject(
        refusal('report_run.no_file', /made no file yet/),
      );
      await world.work(id);
      expect(await sweepReportFiles(world.ports)).toBe(0);
      world.app.clock.set('2027-02-20T09:00:00.000Z');
      expect(await sweepReportFiles(world.ports)).toBeGreaterThan(0);
      await expect(world.call('downloadReportRun', { reportRunId: id })).rejects.toMatchObject(
        refusal('report_run.no_file', /kept for 90 days/),
      );
    });
  });

  describe('by webhook', () => {
    it('post the file once, signed and under the id of the run', async () => {
      const schedule = await webhook();
      const { id } = await runNow(schedule);
      expect(await world.work(id)).toBeNull();
      expect(receiver.received).toHaveLength(1);
      const [{ headers, body }] = receiver.received as [Receiver['received'][0]];
      expect(headers['idempotency-key']).toBe(id);
      const { signingSecret } = await world.call<{ signingSecret: string }>('getReportScheduleSecret', {
        reportScheduleId: schedule.id,
      });
      const [, at, tag] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['cuepoint-signature']))!;
      expect(createHmac('sha256', signingSecret).update(`${at}.${body}`).digest('hex')).toBe(tag);
      const told = JSON.parse(body) as Record<string, never> & { file: { content: string; sha256: string } };
      expect(told).toMatchObject({
        type: 'report.run',
        reportRunId: id,
        from: '2026-11-20',
        isComplete: true,
      });
      const content = Buffer.from(told.file.content, 'base64');
      expect(createHash('sha256').update(content).digest('hex')).toBe(told.file.sha256);
      // Nothing is left to do for a second worker.
      expect(await world.work(id)).toBeNull();
      expect(receiver.received).toHaveLength(1);
      await world.call(
        'updateReportSchedule',
        { reportScheduleId: schedule.id, renewSecret: true },
        { ifMatch: 1 },
      );
      const renewed = await world.call<{ signingSecret: string }>('getReportScheduleSecret', {
        reportScheduleId: schedule.id,
      });
      expect(renewed.signingSecret).not.toBe(signingSecret);
    });

    it('come again after 500, silence and a cut connection, later each time, with the same bytes and key', async () => {
      const { id } = await runNow(await webhook());
      const faults: Receiver['onRequest'][] = [
        (_, response) => void response.writeHead(500).end('no'),
        () => undefined,
        (_, response) => void response.socket!.destroy(),
        (_, response) => void response.writeHead(429, { 'retry-after': '600' }).end(),
      ];
      const waits: number[] = [];
      for (const fault of faults) {
        receiver.onRequest = fault;
        const waitMs = (await world.work(id))!;
        waits.push(waitMs);
        expect(await world.run(id)).toMatchObject({ status: 'waiting', problem: expect.any(String) });
        // Too early, it waits for the rest and sends nothing.
        expect(await world.work(id)).toBe(waitMs);
        world.app.clock.advance(waitMs);
      }
      expect(waits.slice(0, 3)).toEqual([22_500, 45_000, 90_000]);
      expect(waits[3]).toBeGreaterThanOrEqual(600_000);
      receiver.onRequest = null;
      expect(await world.work(id)).toBeNull();
      expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
      expect(receiver.received.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(5).fill(id));
      const run = await world.run(id);
      expect(run).toMatchObject({ status: 'sent', problem: null, nextAttemptAt: null });
      expect(outcomes(run)).toEqual(['failed', 'failed', 'failed', 'failed', 'sent']);
    });

    it('fail at once when they are refused, and are tried again by hand', async () => {
      const schedule = await webhook();
      const { id } = await runNow(schedule);
      receiver.onRequest = (_, response) => void response.writeHead(404).end();
      expect(await world.work(id)).toBeNull();
      expect(await world.run(id)).toMatchObject({
        status: 'failed',
        problem: 'the receiver answered HTTP 404',
      });
      receiver.onRequest = null;
      world.queued.length = 0;
      expect(await world.call('retryReportRun', { reportRunId: id })).toMatchObject({ status: 'queued' });
      expect(world.queued).toEqual([id]);
      expect(await world.work(id)).toBeNull();
      const run = await world.run(id);
      expect([run.status, outcomes(run)]).toEqual(['sent', ['failed', 'sent']]);
      await expect(world.call('retryReportRun', { reportRunId: id })).rejects.toMatchObject(
        refusal('report_run.not_failed', /is sent/),
      );
      const audit = await world.app.database.ownerQuery(
        'SELECT operation FROM audit_record WHERE entity_id = $1 ORDER BY operation',
        [id],
      );
      expect(audit.rows.map(({ operation }) => operation)).toEqual([
        'reporting.retryReportRun',
        'reporting.run',
        'reporting.run',
        'reporting.runReportSchedule',
      ]);
    });

    it('give up after the last of their tries', async () => {
      const { id } = await runNow(await webhook());
      receiver.onRequest = (_, response) => void response.writeHead(503).end();
      let tries = 0;
      for (let waitMs: number | null = 0; waitMs !== null; tries++) {
        world.app.clock.advance(waitMs);
        waitMs = await world.work(id, { retryLimits: { maxTries: 3 } });
      }
      expect([tries, receiver.received.length]).toEqual([3, 3]);
      expect(await world.run(id)).toMatchObject({
        status: 'failed',
        problem: 'the receiver answered HTTP 503',
      });
    });

    it('are sent once to a receiver that answers twice', async () => {
      let requests = 0;
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => {
          requests++;
          socket.write(
            'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n',
          );
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const { id } = await runNow(await world.schedule({ destination: 'webhook', webhookUrl }));
      expect(await world.work(id)).toBeNull();
      expect(requests).toBe(1);
      expect((await world.run(id)).status).toBe('sent');
      server.close();
    });

    it('are not posted into a private network, whatever a name leads to', async () => {
      const webhookUrl = 'https://127.0.0.2/reports';
      const { id } = await runNow(await world.schedule({ destination: 'webhook', webhookUrl }));
      expect(await world.work(id)).toBeNull();
      expect(await world.run(id)).toMatchObject({
        status: 'failed',
        problem: expect.stringMatching(/127\.0\.0\.2/),
      });
    });
  });

  describe('when the process dies', () => {
    it('between the intent and the sending, the next one sends under the same key', async () => {
      const { id } = await runNow(await webhook());
      const died = world.work(id, {
        postWebhook: () => Promise.reject(new Error('killed')),
      });
      await expect(died).rejects.toThrow('killed');
      expect(await world.run(id)).toMatchObject({ status: 'sending', attempts: [{ endedAt: null }] });
      world.queued.length = 0;
      world.app.clock.advance(31_000);
      await sweepRuns(world.ports);
      expect(world.queued).toContain(id);
      expect(await world.work(id)).toBeNull();
      expect(receiver.received.map(({ headers }) => headers['idempotency-key'])).toEqual([id]);
      const run = await world.run(id);
      expect([run.status, outcomes(run)]).toEqual(['sent', ['interrupted', 'sent']]);
    });

    it('between the sending and its outcome, the receiver can tell the second from another run', async () => {
      const { id } = await runNow(await webhook());
      const died = world.work(id, {
        postWebhook: async (post) => {
          await world.ports.postWebhook(post);
          throw new Error('killed');
        },
      });
      await expect(died).rejects.toThrow('killed');
      expect(await world.work(id)).toBeNull();
      const [first, second] = receiver.received;
      expect(second!.body).toBe(first!.body);
      expect(second!.headers['idempotency-key']).toBe(first!.headers['idempotency-key']);
      expect((await world.run(id)).status).toBe('sent');
    });

    it('while the file is made, it is made again and nothing was sent', async () => {
      const { id } = await runNow(await webhook());
      const reportFiles = { ...world.ports.reportFiles, write: () => Promise.reject(new Error('disk full')) };
      await expect(world.work(id, { reportFiles })).rejects.toThrow('disk full');
      expect([(await world.run(id)).file, receiver.received.length]).toEqual([null, 0]);
      expect(await world.work(id)).toBeNull();
      expect(receiver.received).toHaveLength(1);
    });

    it('in the middle of a stop, the run goes back without an outcome', async () => {
      const { id } = await runNow(await webhook());
      const stop = new AbortController();
      receiver.onRequest = () => stop.abort();
      expect(await world.work(id, {}, stop.signal)).toBe(0);
      expect((await world.run(id)).status).toBe('sending');
      receiver.onRequest = null;
      expect(await world.work(id)).toBeNull();
      expect((await world.run(id)).status).toBe('sent');
    });
  });

  describe('and the figures they need', () => {
    it('wait for them, and say what is missing when they did not come in time', async () => {
      const { id } = await runNow(await webhook());
      world.freshAt = new Date('2026-11-21T04:59:00.000Z');
      // The 20th ends in New York at 05:00 UTC.
      expect(await world.work(id)).toBe(5_000);
      world.freshAt = new Date('2026-11-21T02:00:00.000Z');
      world.app.clock.advance(5_000);
      expect(await world.work(id)).toBe(60_000);
      expect(await world.run(id)).toMatchObject({
        status: 'waiting',
        file: null,
        problem: expect.stringMatching(/counted up to 2026-11-21T02:00.*needs them up to 2026-11-21T05:00/),
      });
      expect(receiver.received).toHaveLength(0);
      world.app.clock.advance(2 * 3_600_000);
      expect(await world.work(id)).toBeNull();
      expect((await world.run(id)).file).toMatchObject({
        isComplete: false,
        missing: expect.stringMatching(/02:00/),
      });
      expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ isComplete: false });
    });

    it('are those up to the time of the run where its day is not over', async () => {
      const view = await world.view({ period: 'today' });
      const { id } = await runNow(await world.schedule({ reportViewId: view.id }));
      world.freshAt = new Date('2026-11-21T08:59:59.000Z');
      expect(await world.work(id)).toBe(5_000);
      world.freshAt = new Date(START);
      world.app.clock.advance(5_000);
      expect(await world.work(id)).toBeNull();
      expect((await world.run(id)).file).toMatchObject({ from: '2026-11-21', isComplete: true, rows: 1 });
    });
  });

  describe('by e-mail', () => {
    const email = () =>
      world.schedule({
        destination: 'email',
        recipients: ['desk@fernwhistle.example', 'buyer@fernwhistle.example'],
      });

    it('go to every recipient with the file attached', async () => {
      const { id } = await runNow(await email());
      expect(await world.work(id)).toBeNull();
      expect(mail.taken).toHaveLength(1);
      const { to, text } = mail.taken[0]!;
      expect(to).toEqual(['desk@fernwhistle.example', 'buyer@fernwhistle.example']);
      expect(text).toContain(`Message-ID: <${id}@fernwhistle.example>`);
      const { content } = await world.call<ReportFile>('downloadReportRun', { reportRunId: id });
      expect(text.replaceAll('\r\n', '')).toContain(Buffer.from(content).toString('base64'));
    });

    it('come again after a mailbox was full for a moment, and fail where there is none', async () => {
      const { id } = await runNow(await email());
      mail.onCommand = (command) => (command.startsWith('RCPT') ? '452 mailbox full' : null);
      const waitMs = await world.work(id);
      expect(waitMs).toBeGreaterThan(0);
      mail.onCommand = (command) => (command.startsWith('RCPT') ? '550 no such mailbox' : null);
      world.app.clock.advance(waitMs!);
      expect(await world.work(id)).toBeNull();
      expect(await world.run(id)).toMatchObject({
        status: 'failed',
        problem: expect.stringMatching(/550 no such mailbox/),
      });
      expect(mail.taken).toHaveLength(0);
    });
  });

  it('are not sent any more once their schedule is archived, nor is their view archived before', async () => {
    const schedule = await webhook();
    const { id, reportViewId } = await runNow(schedule);
    await expect(world.call('archiveReportView', { reportViewId })).rejects.toMatchObject(
      refusal('report_view.scheduled', new RegExp(schedule.id)),
    );
    await world.call('archiveReportSchedule', { reportScheduleId: schedule.id });
    expect(await world.work(id)).toBeNull();
    expect(await world.run(id)).toMatchObject({
      status: 'failed',
      problem: expect.stringMatching(/archived/),
    });
    expect(receiver.received).toHaveLength(0);
    await expect(world.call('retryReportRun', { reportRunId: id })).rejects.toMatchObject(
      refusal('report_schedule.archived'),
    );
    expect(await world.call('archiveReportView', { reportViewId })).toMatchObject({ archived: true });
    await expect(world.schedule({ reportViewId })).rejects.toMatchObject(refusal('report_view.archived'));
  });

  it('of a private view are seen by those who see the view', async () => {
    const planner = { role: 'planner' } as const;
    const view = await world.call<{ id: string }>('createReportView', { name: 'Mine' }, planner);
    const schedule = await world.call<ReportSchedule>(
      'createReportSchedule',
      { reportViewId: view.id, frequency: 'daily', destination: 'storage' },
      planner,
    );
    const seen = async (role: 'planner' | 'reviewer' | 'admin') =>
      (await world.call<{ total: number }>('listReportSchedules', { reportViewId: view.id }, { role })).total;
    expect([await seen('planner'), await seen('reviewer'), await seen('admin')]).toEqual([1, 0, 1]);
    await expect(
      world.call('pauseReportSchedule', { reportScheduleId: schedule.id }, { role: 'reviewer' }),
    ).rejects.toMatchObject(refusal('report_schedule.not_found'));
  });

  it('refuse by name what does not fit together', async () => {
    const refusals: [object, RegExp][] = [
      [{ frequency: 'weekly' }, /weekday: weekly needs a day/],
      [{ frequency: 'monthly' }, /dayOfMonth: monthly needs a day; accepted: 1 to 31/],
      [{ weekday: 'monday' }, /weekday: monday goes with the frequency weekly/],
      [{ destination: 'email' }, /recipients: email needs somebody/],
      [
        { recipients: ['a@fernwhistle.example'] },
        /recipients: they go with the destination email, not storage/,
      ],
      [{ destination: 'webhook' }, /webhookUrl: webhook needs an address/],
      [{ webhookUrl: receiver.url }, /webhookUrl: it goes with the destination webhook/],
      [
        { destination: 'webhook', webhookUrl: 'http://fernwhistle.example/' },
        /is not posted to; accepted: https/,
      ],
    ];
    for (const [input, message] of refusals)
      await expect(world.schedule(input), JSON.stringify(input)).rejects.toMatchObject(
        refusal('report_schedule.invalid', message),
      );
    await expect(world.schedule({ localTime: '24:00' })).rejects.toMatchObject(
      refusal('input.invalid', /localTime/),
    );
    const { id } = await world.schedule({});
    await expect(world.call('getReportScheduleSecret', { reportScheduleId: id })).rejects.toMatchObject(
      refusal('report_schedule.invalid', /signs nothing/),
    );
  });
});

databaseSuite('scheduled reports without e-mail', (open) => {
  it('refuse to be made, changed or run by e-mail, and name the settings', async () => {
    const bare = await createScheduleWorld(await open());
    const by = { destination: 'email', recipients: ['desk@fernwhistle.example'] };
    const told = refusal(
      'report_schedule.mail_not_set_up',
      /not set up .*CUEPOINT_SMTP_URL and CUEPOINT_MAIL_FROM/,
    );
    await expect(bare.schedule(by)).rejects.toMatchObject(told);
    const { id } = await bare.schedule({});
    await expect(
      bare.call('updateReportSchedule', { reportScheduleId: id, ...by }, { ifMatch: 1 }),
    ).rejects.toMatchObject(told);
    // One that was made while it was set up.
    await bare.app.database.withTransaction({ role: 'app', accountId: bare.app.accounts[0] }, (tx) =>
      tx
        .update(reportScheduleTable)
        .set({ destination: 'email', recipients: ['desk@fernwhistle.example'] })
        .where(eq(reportScheduleTable.id, id)),
    );
    await expect(bare.call('runReportSchedule', { reportScheduleId: id })).rejects.toMatchObject(told);
    bare.close();
  });
});
