import { UpstreamError } from '../../../platform/http-client/index.ts';
import type { RunRow } from '../report-schedules.ts';
import type { SchedulePorts } from '../schedule-ports.ts';
import type { RunFile } from '../tables.ts';

/** Mail servers refuse much more; base64 makes a third more of it. */
const MAX_MAIL_BYTES = 15_000_000;

/** What a run sends, and in whose name. */
export interface Sending {
  run: RunRow;
  file: RunFile;
  viewId: string;
  viewName: string;
  secretVersion: number;
}

/**
 * Sends the file of a run to where it goes. The same run sends the same bytes under the same id, whenever.
 * @throws UpstreamError
 */
export async function sendFile(ports: SchedulePorts, sending: Sending, signal?: AbortSignal): Promise<void> {
  const { run, file } = sending;
  const bytes = await ports.reportFiles.readBytes(file.storageKey);
  if (bytes === null)
    throw new UpstreamError('rejected', 'the file of this run was removed for its age', {
      code: 'file_removed',
    });
  // Storage has it since it was made.
  if (run.destination === 'storage') return;
  if (run.destination === 'webhook') {
    await ports.postWebhook({
      url: run.webhookUrl!,
      body: JSON.stringify(webhookBody(sending, bytes)),
      secret: ports.webhookSecret(run.reportScheduleId, sending.secretVersion),
      idempotencyKey: run.id,
      signal,
    });
    return;
  }
  if (ports.mailer === null)
    throw new UpstreamError('rejected', 'e-mail is not set up on this server any more', {
      code: 'mail_not_set_up',
    });
  if (bytes.length > MAX_MAIL_BYTES)
    throw new UpstreamError(
      'rejected',
      `the file has ${bytes.length} bytes, more than the ${MAX_MAIL_BYTES} that are sent by e-mail; use a webhook or storage`,
      { code: 'file_too_large' },
    );
  const { name, mediaType } = file;
  await ports.mailer.send(
    {
      to: run.recipients,
      subject: `${sending.viewName}: ${file.from === file.to ? file.to : `${file.from} to ${file.to}`}`,
      text: mailBody(ports, sending),
      id: run.id,
      date: run.createdAt,
      attachment: { name, mediaType, bytes },
    },
    signal,
  );
}

/** What a receiver reads; `file.content` is base64. */
function webhookBody({ run, file, viewId, viewName }: Sending, bytes: Buffer) {
  const { name, mediaType, sizeBytes, sha256, rows, from, to, timeZone, freshAt, isComplete, missing } = file;
  return {
    type: 'report.run',
    reportRunId: run.id,
    reportScheduleId: run.reportScheduleId,
    reportView: { id: viewId, name: viewName },
    trigger: run.trigger,
    scheduledFor: run.scheduledFor.toISOString(),
    missedRuns: run.missedRuns,
    from,
    to,
    timeZone,
    freshAt,
    isComplete,
    missing,
    rows,
    file: { name, mediaType, sizeBytes, sha256, content: bytes.toString('base64') },
  };
}

function mailBody(ports: SchedulePorts, { run, file, viewId, viewName }: Sending): string {
  return [
    `${viewName}, ${file.from} to ${file.to}, days of ${file.timeZone}: ${file.rows} rows, attached as ${file.name}.`,
    file.missing === null
      ? `Events are counted up to ${file.freshAt}.`
      : `Not everything is in it: ${file.missing}.`,
    ...(run.missedRuns > 0 ? [`It stands for ${run.missedRuns} earlier runs that were missed, too.`] : []),
    '',
    `The view: ${ports.publicUrl}/analytics?view=${viewId}`,
    `Run ${run.id} of schedule ${run.reportScheduleId}.`,
    '',
  ].join('\r\n');
}
