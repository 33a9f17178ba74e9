import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createSmtpMailer } from './smtp.ts';
import { type MailServer, startMailServer } from './testing/mail-server.ts';

let server: MailServer;
beforeAll(async () => {
  server = await startMailServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.taken.length = 0;
  server.onCommand = () => null;
});

const message = {
  to: ['a@fernwhistle.example', 'b@fernwhistle.example'],
  subject: 'Wöchentlich: 2026-11-01 to 2026-11-07\r\nBcc: somebody@else.example',
  text: 'Grüße\r\n.\r\nvon uns',
  id: 'rrn_01',
  date: new Date('2026-11-21T09:00:00Z'),
  attachment: {
    name: 'a "b"\r\n.csv',
    mediaType: 'text/csv; charset=utf-8',
    bytes: Buffer.from('day,n\r\n1,2\r\n'.repeat(20)),
  },
};
const mailer = (over: object = {}) =>
  createSmtpMailer({
    url: server.url,
    from: 'Cuepoint <reports@fernwhistle.example>',
    answerMs: 300,
    ...over,
  });

it('hands over one mail for all recipients, with the file whole and no header of a stranger', async () => {
  await mailer().send(message);
  expect(server.taken).toHaveLength(1);
  const { from, to, text } = server.taken[0]!;
  expect([from, to]).toEqual(['reports@fernwhistle.example', message.to]);
  expect(text).toMatch(/^From: Cuepoint <reports@fernwhistle\.example>\r\n/m);
  expect(text).toContain('Message-ID: <rrn_01@fernwhistle.example>');
  expect(text).toContain('Date: Sat, 21 Nov 2026 09:00:00 +0000');
  expect(text).toContain('Auto-Submitted: auto-generated');
  expect(text).not.toMatch(/^Bcc:/m);
  const subject = [...text.slice(0, text.indexOf('\r\n\r\n')).matchAll(/=\?UTF-8\?Q\?([^?]+)\?=/g)]
    .map(([, word]) => fromQ(word!))
    .join('');
  expect(subject).toBe(message.subject.replace('\r\n', ' '));
  const boundary = /boundary="([^"]+)"/.exec(text)![1]!;
  const [, words, file] = text.split(`--${boundary}`);
  expect(fromQ(words!.split('\r\n\r\n')[1]!.replace(/=\r\n/g, ''))).toContain('Grüße');
  expect(file).toContain('text/csv; charset=utf-8');
  expect(file).not.toMatch(/^\.csv/m);
  const content = Buffer.from(file!.slice(file!.indexOf('\r\n\r\n')), 'base64');
  expect(content).toEqual(message.attachment.bytes);
  for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(100);
});

/** Quoted-printable, as in headers (RFC 2047 section 4.2) and in texts. */
const fromQ = (text: string): string =>
  Buffer.from(
    text
      .replace(/_/g, ' ')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

it('says whom the server refused when it took the mail for others', async () => {
  server.onCommand = (command) => (command.includes('b@') ? '550 no such mailbox' : null);
  await expect(mailer().send(message)).rejects.toMatchObject({
    kind: 'rejected',
    message: expect.stringContaining('refused b@fernwhistle.example'),
  });
  expect(server.taken[0]!.to).toEqual(['a@fernwhistle.example']);
});

it('stops when it is told to', async () => {
  server.onCommand = (command) => (command.startsWith('MAIL') ? 'silence' : null);
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 50);
  await expect(mailer({ answerMs: 20_000 }).send(message, stopping.signal)).rejects.toMatchObject({
    kind: 'unavailable',
  });
});

it('never sends a password without TLS', async () => {
  const url = server.url.replace('smtp://', 'smtp://user:pass%40word@');
  const said: string[] = [];
  server.onCommand = (command) => {
    said.push(command);
    return null;
  };
  await expect(mailer({ url }).send(message)).rejects.toMatchObject({
    kind: 'rejected',
    code: 'tls_required',
  });
  expect(said.join('\n')).not.toContain('AUTH');
});

it('tells failures apart by whether the mail may have been taken', async () => {
  const kinds: [(command: string) => string | null, string][] = [
    [(command) => (command.startsWith('RCPT') ? '550 no such mailbox' : null), 'rejected'],
    [(command) => (command.startsWith('RCPT') ? '451 try later' : null), 'unavailable'],
    [(command) => (command.startsWith('MAIL') ? 'silence' : null), 'unavailable'],
    [(command) => (command.startsWith('EHLO') ? 'hangUp' : null), 'unavailable'],
    [(command) => (command === '.' ? '452 no room' : null), 'unavailable'],
    [(command) => (command === '.' ? '554 spam' : null), 'rejected'],
    [(command) => (command === '.' ? 'silence' : null), 'ambiguous'],
    [(command) => (command === '.' ? 'hangUp' : null), 'ambiguous'],
  ];
  for (const [onCommand, kind] of kinds) {
    server.onCommand = onCommand;
    await expect(mailer().send(message), String(onCommand)).rejects.toMatchObject({ kind });
  }
  expect(server.taken).toEqual([]);
  await expect(mailer({ url: 'smtp://127.0.0.1:9' }).send(message)).rejects.toMatchObject({
    kind: 'unavailable',
  });
});
