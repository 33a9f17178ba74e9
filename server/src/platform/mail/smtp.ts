import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { UpstreamError, type UpstreamErrorKind } from '../http-client/index.ts';
import { addressOf, type MailMessage, mailText } from './message.ts';

export interface Mailer {
  /** Resolves when the server has taken the mail for every recipient. @throws UpstreamError */
  send(message: Omit<MailMessage, 'from'>, signal?: AbortSignal): Promise<void>;
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

/** Sends by one SMTP server (RFC 5321, 3207, 4954), a connection for each mail. A password never crosses without TLS. */
export function createSmtpMailer(options: SmtpOptions): Mailer {
  const url = new URL(options.url);
  const isTls = url.protocol === 'smtps:';
  const port = url.port === '' ? (isTls ? 465 : 587) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  const sender = addressOf(options.from);
  const greeting = options.clientName ?? sender.slice(sender.lastIndexOf('@') + 1);
  const answerMs = options.answerMs ?? 30_000;
  const secure = { servername: host, ...(options.ca === undefined ? {} : { ca: options.ca }) };

  return {
    async send(message, signal) {
      let line = await Conversation.open(
        () => (isTls ? connectTls({ host, port, ...secure }) : connectPlain({ host, port })),
        isTls ? 'secureConnect' : 'connect',
        answerMs,
        signal,
      );
      try {
        await line.expect(220, 'greeting');
        let offers = await line.ask(`EHLO ${greeting}`, 250);
        if (!isTls && /^STARTTLS$/im.test(offers)) {
          await line.ask('STARTTLS', 220);
          line = await line.upgraded((socket) => connectTls({ socket, ...secure }));
          offers = await line.ask(`EHLO ${greeting}`, 250);
        }
        if (user !== '') {
          if (!line.isTls)
            throw new UpstreamError('rejected', 'the mail server offers no TLS: the password is not sent', {
              code: 'tls_required',
            });
          await signIn(line, offers, user, password);
        }
        await line.ask(`MAIL FROM:<${sender}>`, 250);
        for (const recipient of message.to) await line.ask(`RCPT TO:<${recipient}>`, 250, 251);
        await line.ask('DATA', 354);
        // A line that begins with a dot gets another (RFC 5321 section 4.5.2).
        const body = mailText({ ...message, from: options.from }).replace(/^\./gm, '..');
        await line.ask(`${body}\r\n.`, 250);
        line.quit();
      } finally {
        line.close();
      }
    },
  };
}

async function signIn(line: Conversation, offers: string, user: string, password: string): Promise<void> {
  const methods = /^AUTH[ =](.*)$/im.exec(offers)?.[1]?.toUpperCase().split(/\s+/) ?? [];
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  if (methods.includes('LOGIN') && !methods.includes('PLAIN')) {
    await line.ask('AUTH LOGIN', 334);
    await line.ask(base64(user), 334);
    await line.ask(base64(password), 235);
    return;
  }
  await line.ask(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 235);
}

/** Of an answer that is not the one hoped for (RFC 5321 section 4.2.1). */
function kindOf(code: number): UpstreamErrorKind {
  if (code === 530 || code === 534 || code === 535) return 'unauthorised';
  return code >= 500 ? 'rejected' : 'unavailable';
}

/** Commands and answers over one socket. */
class Conversation {
  readonly isTls: boolean;
  private readonly socket: Socket;
  private readonly answerMs: number;
  private received = '';
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  private constructor(socket: Socket, answerMs: number) {
    this.socket = socket;
    this.answerMs = answerMs;
    this.isTls = 'encrypted' in socket && socket.encrypted === true;
    const failed = (error: Error) => {
      this.failure ??= error;
      this.wake?.();
    };
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      if (this.received.length > 100_000) failed(new Error('the answer is longer than any of SMTP'));
      this.wake?.();
    });
    socket.on('error', failed);
    socket.on('close', () => failed(new Error('the mail server closed the connection')));
  }

  static async open(
    start: () => Socket,
    ready: 'connect' | 'secureConnect',
    answerMs: number,
    signal?: AbortSignal,
  ): Promise<Conversation> {
    const socket = start();
    const abort = () => socket.destroy(new Error('the process stops'));
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('close', () => signal?.removeEventListener('abort', abort));
    await connected(socket, ready, answerMs);
    return new Conversation(socket, answerMs);
  }

  /** The same connection, encrypted: whatever was said before over it counts no more. */
  async upgraded(encrypt: (socket: Socket) => Socket): Promise<Conversation> {
    this.socket.removeAllListeners('data');
    const socket = encrypt(this.socket);
    await connected(socket, 'secureConnect', this.answerMs);
    return new Conversation(socket, this.answerMs);
  }

  /** Says something and reads the answer. @returns its text, a line each, without codes */
  async ask(command: string, ...accepted: number[]): Promise<string> {
    this.socket.write(`${command}\r\n`);
    const verb = command.length > 500 ? 'the mail' : /^[A-Z]+/.exec(command)?.[0];
    return this.expect(accepted[0]!, verb ?? 'sign-in', ...accepted.slice(1));
  }

  async expect(first: number, what: string, ...others: number[]): Promise<string> {
    const { code, text } = await this.answer(what);
    if (code === first || others.includes(code)) return text;
    throw new UpstreamError(
      kindOf(code),
      `the mail server answered ${what} with ${code} ${text.split('\n')[0]}`,
      {
        status: code,
      },
    );
  }

  private async answer(what: string): Promise<{ code: number; text: string }> {
    const until = Date.now() + this.answerMs;
    for (;;) {
      const match = /^((?:\d{3}-[^\n]*\n)*)(\d{3})(?: ([^\n]*))?\n/.exec(this.received);
      if (match) {
        this.received = this.received.slice(match[0].length);
        const lines = `${match[1]}${match[2]} ${match[3] ?? ''}`.split('\n');
        return { code: Number(match[2]), text: lines.map((one) => one.slice(4).trim()).join('\n') };
      }
      const left = until - Date.now();
      if (this.failure !== null || left <= 0) {
        // Of the mail itself nobody knows whether it was taken.
        const kind = what === 'the mail' ? 'ambiguous' : 'unavailable';
        const why = this.failure?.message ?? `no answer within ${this.answerMs} ms`;
        throw new UpstreamError(kind, `the mail server did not answer ${what}: ${why}`, {
          cause: this.failure,
        });
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = null;
    }
  }

  /** The mail is taken: whatever is answered to this changes nothing. */
  quit(): void {
    this.socket.end('QUIT\r\n');
  }

  close(): void {
    this.socket.destroySoon();
  }
}

function connected(socket: Socket, ready: 'connect' | 'secureConnect', limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${limitMs} ms`)), limitMs);
    const failed = (error: Error) => {
      clearTimeout(timer);
      reject(
        new UpstreamError('unavailable', `the mail server could not be reached: ${error.message}`, {
          cause: error,
        }),
      );
    };
    socket.once('error', failed);
    socket.once(ready, () => {
      clearTimeout(timer);
      socket.removeListener('error', failed);
      resolve();
    });
  });
}
