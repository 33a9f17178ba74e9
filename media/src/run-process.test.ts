import { describe, expect, it } from 'vitest';
import { pipeProcess, runProcess } from './run-process.ts';
import { failureOf } from './testing.ts';

const node = process.execPath;

describe('runProcess', () => {
  it('returns output and a non-zero exit code', async () => {
    const result = await runProcess(node, ['-e', 'console.log("a"); console.error("b"); process.exit(3)'], {
      timeoutMs: 10_000,
    });
    expect(result).toEqual({ stdout: 'a\n', stderr: 'b\n', exitCode: 3 });
  });

  it('stops a program at its time limit', async () => {
    const failure = await failureOf(
      runProcess(node, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 200, subject: 'a.mp4' }),
    );
    expect(failure.code).toBe('media.timed_out');
    expect(failure.message).toContain('a.mp4');
    expect(failure.message).toContain('0.2 s');
  });

  it('stops a program on request', async () => {
    const abort = new AbortController();
    const run = runProcess(node, ['-e', 'setInterval(() => {}, 1000)'], {
      timeoutMs: 10_000,
      signal: abort.signal,
    });
    abort.abort();
    expect((await failureOf(run)).code).toBe('media.cancelled');
  });

  it('refuses endless output', async () => {
    const code = 'setInterval(() => process.stdout.write("x".repeat(100000)), 1)';
    const failure = await failureOf(
      runProcess(node, ['-e', code], { timeoutMs: 10_000, maxStdoutBytes: 1_000_000 }),
    );
    expect(failure.code).toBe('media.tool_failed');
    expect(failure.message).toContain('1000000 bytes');
  });

  it('names a program that does not exist', async () => {
    const failure = await failureOf(runProcess('/nowhere/ffmpeg', [], { timeoutMs: 1000 }));
    expect(failure.code).toBe('media.tool_missing');
    expect(failure.message).toContain('/nowhere/ffmpeg');
  });
});

describe('pipeProcess', () => {
  it('reads whole pieces and tells the end', async () => {
    const child = pipeProcess(node, ['-e', 'process.stdout.write(Buffer.alloc(300000, 7))'], {
      timeoutMs: 10_000,
    });
    const piece = new Uint8Array(150_000);
    expect(await child.readExactly(piece)).toBe(true);
    expect(piece.every((b) => b === 7)).toBe(true);
    expect(await child.readExactly(piece)).toBe(true);
    expect(await child.readExactly(piece)).toBe(false);
  });

  it('tells why a writer can write no more', async () => {
    const child = pipeProcess(node, ['-e', 'process.exit(9)'], { timeoutMs: 10_000, subject: 'b.mp4' });
    const piece = new Uint8Array(1_000_000);
    const write = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) await child.write(piece);
    };
    const failure = await failureOf(write());
    expect(failure.code).toBe('media.tool_failed');
    expect(failure.message).toContain('code 9');
  });
});
