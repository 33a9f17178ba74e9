import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What a mail server took. */
export interface TakenMail {
  from: string;
  to: string[];
  text: string;
}

/** How the server answers a command instead; `silence` never answers, `hangUp` closes. */
type Answer = string | 'silence' | 'hangUp';

export interface MailServer {
  url: string;
  taken: TakenMail[];
  /** Called with each command, `.` for the end of a mail; null answers as usual. */
  onCommand: (command: string) => Answer | null;
  close(): Promise<void>;
}

/** A mail server over real sockets, as little of RFC 5321 as a sender needs. */
export async function startMailServer(offers: readonly string[] = ['AUTH PLAIN LOGIN']): Promise<MailServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, mail, offers);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mail: MailServer = {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: [],
    onCommand: () => null,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return mail;
}

function serve(socket: Socket, mail: MailServer, offers: readonly string[]): void {
  let received = '';
  let data: string[] | null = null;
  let draft: TakenMail = { from: '', to: [], text: '' };
  const say = (text: string) => socket.write(`${text}\r\n`);
  const usual = (command: string): string => {
    if (command.startsWith('EHLO'))
      return ['mail.example', ...offers]
        .map((one, at) => `250${at < offers.length ? '-' : ' '}${one}`)
        .join('\r\n');
    if (command === 'STARTTLS' && !offers.includes(command)) return '502 not here';
    if (command.startsWith('AUTH')) return '235 welcome';
    if (command.startsWith('MAIL')) draft = { from: /<(.*)>/.exec(command)![1]!, to: [], text: '' };
    if (command.startsWith('RCPT')) draft.to.push(/<(.*)>/.exec(command)![1]!);
    if (command === 'DATA') {
      data = [];
      return '354 go on';
    }
    if (command === '.') mail.taken.push(draft);
    if (command === 'QUIT') return '221 bye';
    return '250 ok';
  };
  say('220-mail.example\r\n220 ready');
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    for (let end = received.indexOf('\r\n'); end >= 0; end = received.indexOf('\r\n')) {
      const line = received.slice(0, end);
      received = received.slice(end + 2);
      if (data !== null && line !== '.') {
        data.push(line.startsWith('..') ? line.slice(1) : line);
        continue;
      }
      if (data !== null) {
        draft.text = data.join('\r\n');
        data = null;
      }
      const answer = mail.onCommand(line) ?? usual(line);
      if (answer === 'silence') return;
      if (answer === 'hangUp') return void socket.destroy();
      say(answer);
    }
  });
}
