import { setTimeout as wait } from 'node:timers/promises';

/**
 * Tells the caller's callback address of a new state: 5 s per try, and on anything but 200 three more tries 100 ms
 * apart. Loopback addresses only: a stand-in never reaches out of the machine it runs on.
 * @returns what became of it, for the log
 */
export async function sendCallback(url: string, generation: unknown): Promise<string> {
  if (!isLoopback(url)) return 'not sent: the address is not on this machine';
  let last = '';
  for (let attempt = 0; attempt < 4; attempt += 1) {
    if (attempt > 0) await wait(100);
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(generation),
        signal: AbortSignal.timeout(5_000),
        redirect: 'manual',
      });
      await answer.body?.cancel();
      if (answer.status === 200) return `accepted at try ${attempt + 1}`;
      last = `HTTP ${answer.status}`;
    } catch (error) {
      last = (error as Error).message;
    }
  }
  return `given up after 4 tries: ${last}`;
}

function isLoopback(url: string): boolean {
  const host = new URL(url).hostname;
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
