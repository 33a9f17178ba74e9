import { UpstreamError, type UpstreamErrorKind } from '../http-client/index.ts';

/** A mail with one file. Addresses are taken as they are: whoever makes one has checked them. */
export interface MailMessage {
  to: readonly string[];
  subject: string;
  text: string;
  /** Left part of the Message-ID: the same for every attempt, so that a mailbox can tell a repetition. */
  id: string;
  date: Date;
  attachment: { name: string; mediaType: string; bytes: Buffer };
}

export interface Mailer {
  /**
   * Resolves when the server has taken the mail for every recipient.
   * @throws UpstreamError, `ambiguous` when the server may have taken it and did not say so
   */
  send(message: MailMessage, signal?: AbortSignal): Promise<void>;
}

export interface SmtpOptions {
  /** smtp://user:password@host:587 (STARTTLS when offered) or smtps://host:465. */
  url: string;
  /** `name <address>` or an address alone. */
  from: string;
  /** How we greet the server. Default: the domain of `from`. */
  clientName?: string;
  /** For each answer, ms. Default 30 000. */
  answerMs?: number;
  /** Certificate authority to trust beside the system's, PEM. */
  ca?: string;
}

/** The address of `name <address>`. */
const addressOf = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();

/** Sends by one SMTP server, a connection for each mail. A password never crosses without TLS. */
export function createSmtpMailer(options: SmtpOptions): Mailer {
  const url = new URL(options.url);
  const isTls = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  const sender = addressOf(options.from);
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const answerMs = options.answerMs ?? 30_000;
  const settings = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    secure: isTls,
    requireTLS: !isTls && user !== '',
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
    name: options.clientName ?? domain,
    connectionTimeout: answerMs,
    greetingTimeout: answerMs,
    socketTimeout: answerMs,
    dnsTimeout: answerMs,
    // An attachment is bytes here, and never what a name on this machine or an address elsewhere stands for.
    disableFileAccess: true,
    disableUrlAccess: true,
  };

  return {
    async send({ to, subject, text, id, date, attachment }, signal) {
      // Only who sends mail loads it.
      const { createTransport } = await import('nodemailer');
      let isGivenOver = false;
      const transport = createTransport({
        ...settings,
        transactionLog: true,
        logger: listener((command) => {
          if (command === 'DATA') isGivenOver = true;
        }),
      });
      const sent = transport.sendMail({
        from: options.from,
        to: [...to],
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        date,
        headers: { 'Auto-Submitted': 'auto-generated' },
        attachments: [
          { filename: attachment.name, contentType: attachment.mediaType, content: attachment.bytes },
        ],
        ...(signal && { signal }),
      });
      const { rejected } = await sent.catch((error: SmtpError) => {
        throw upstreamError(error, isGivenOver);
      });
      if (rejected.length > 0)
        throw new UpstreamError(
          'rejected',
          `the mail server refused ${rejected.join(', ')} and took the mail for the others`,
        );
    },
  };
}

interface SmtpError extends Error {
  /** Of the library, such as ETIMEDOUT. */
  readonly code?: string;
  /** Of the server. */
  readonly responseCode?: number;
}

/** Hears what is said to the server; passwords are not among it. */
function listener(onCommand: (command: unknown) => void) {
  const silent = () => undefined;
  const debug = (_entry: unknown, command?: unknown) => onCommand(command);
  return { level: silent, trace: silent, debug, info: silent, warn: silent, error: silent, fatal: silent };
}

function upstreamError(error: SmtpError, isGivenOver: boolean): UpstreamError {
  const { code, responseCode: status } = error;
  const cause = { cause: error, ...(status === undefined ? {} : { status }) };
  if (code === 'ETLS')
    return new UpstreamError(
      'rejected',
      `no TLS with the mail server, and nothing is sent without: ${error.message}`,
      {
        ...cause,
        code: 'tls_required',
      },
    );
  if (status !== undefined)
    return new UpstreamError(kindOf(status), `the mail server: ${error.message}`, cause);
  const kind = isGivenOver ? 'ambiguous' : 'unavailable';
  return new UpstreamError(kind, `the mail server cannot be reached or fell silent: ${error.message}`, cause);
}

/** Of an answer that is not the one hoped for (RFC 5321 section 4.2.1). */
function kindOf(code: number): UpstreamErrorKind {
  if (code === 530 || code === 534 || code === 535) return 'unauthorised';
  return code >= 500 ? 'rejected' : 'unavailable';
}
