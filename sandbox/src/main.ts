import { parseArgs } from 'node:util';
import { locateTools } from '@cuepoint/media';
import { startSandbox } from './index.ts';

/**
 * The stand-in servers as a process. Prints one line of JSON with its addresses once it listens; logs go to stderr.
 * Ends on SIGTERM, on SIGINT, and when the process that started it goes away.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      'data-dir': { type: 'string' },
      speed: { type: 'string', default: '20' },
      'clip-lines': { type: 'string' },
      ffmpeg: { type: 'string' },
      ffprobe: { type: 'string' },
      quiet: { type: 'boolean', default: false },
    },
  });
  const port = numberOf('--port', values.port, 0, 65_535);
  const speed = numberOf('--speed', values.speed, 0, 100_000);
  const clipLines =
    values['clip-lines'] === undefined
      ? undefined
      : numberOf('--clip-lines', values['clip-lines'], 180, 2160);
  const tools = await locateTools({
    ...(values.ffmpeg === undefined ? {} : { ffmpegPath: values.ffmpeg }),
    ...(values.ffprobe === undefined ? {} : { ffprobePath: values.ffprobe }),
  });
  const sandbox = await startSandbox({
    host: values.host,
    port,
    speed,
    tools,
    ...(clipLines === undefined ? {} : { luma: { clipLines } }),
    ...(values['data-dir'] === undefined ? {} : { dataDir: values['data-dir'] }),
    log: (line) => {
      if (!values.quiet)
        process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), part: 'sandbox', line })}\n`);
    },
  });
  const { address, lumaBaseUrl, amazonBaseUrl, amazonTokenUrl } = sandbox;
  const ready = {
    address,
    host: sandbox.host,
    port: sandbox.port,
    lumaBaseUrl,
    amazonBaseUrl,
    amazonTokenUrl,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  process.send?.(ready);

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    // A clip under way is not waited for: it is drawn anew after the next start.
    setTimeout(() => process.exit(0), 2_000).unref();
    void sandbox.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

function numberOf(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max)) {
    throw new Error(`${flag} is "${text}"; expected a number from ${min} to ${max}`);
  }
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`sandbox: ${(error as Error).message}\n`);
  process.exit(3);
});
