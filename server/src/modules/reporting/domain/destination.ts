import type { ReportDestination } from '@cuepoint/contract';

export const NO_MAIL =
  'email is not set up on this server: CUEPOINT_SMTP_URL and CUEPOINT_MAIL_FROM are both needed; accepted now: webhook, storage.';

/** Why a file cannot be sent where it is said to go; null when it can. */
export function destinationProblem(
  to: { destination: ReportDestination; recipients: readonly string[]; webhookUrl: string | null },
  webhookRefusal: (url: string) => string | null,
): string | null {
  const { destination, recipients, webhookUrl } = to;
  if (destination === 'email' && recipients.length === 0)
    return 'recipients: email needs somebody to send to; accepted: 1 to 20 addresses.';
  if (destination !== 'email' && recipients.length > 0)
    return `recipients: they go with the destination email, not ${destination}.`;
  if (new Set(recipients).size < recipients.length) return 'recipients: each address once.';
  if (destination !== 'webhook')
    return webhookUrl === null
      ? null
      : `webhookUrl: it goes with the destination webhook, not ${destination}.`;
  if (webhookUrl === null) return 'webhookUrl: webhook needs an address; accepted: an https URL.';
  const refusal = webhookRefusal(webhookUrl);
  return refusal === null ? null : `webhookUrl: ${webhookUrl} is not posted to; accepted: ${refusal}.`;
}
