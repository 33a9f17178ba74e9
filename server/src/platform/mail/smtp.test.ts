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
  expect(text).toMatch(/^From: Cuepoint <reports@fernwhistle\.example>\r\n/);
  expect(text).toContain('Message-ID: <rrn_01@fernwhistle.example>');
  expect(text).toContain('Date: Sat, 21 Nov 2026 09:00:00 +0000');
  expect(text).not.toMatch(/^Bcc:/m);
  const subject = [...text.matchAll(/=\?utf-8\?B\?([^?]+)\?=/g)]
    .map(([, word]) => Buffer.from(word!, 'base64').toString())
    .join('');
  expect(subject).toBe(message.subject);
  const parts = text.split(/--=_rrn01(?:--)?\r\n/);
  const contentOf = (part: string) => Buffer.from(part.split('\r\n\r\n')[1]!, 'base64');
  expect(contentOf(parts[1]!).toString()).toBe(message.text);
  expect(parts[2]).toContain('filename="a__b___.csv"');
  expect(contentOf(parts[2]!)).toEqual(message.attachment.bytes);
  for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(100);
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
