import { writeFile } from 'node:fs/promises';
import { type Sandbox, type SandboxOptions, startSandbox } from './index.ts';
import type { Renderer } from './luma/renderer.ts';

/** The first bytes of an MP4: enough where no test looks at the picture. */
export const headRenderer: Renderer = async (_request, outPath) => {
  await writeFile(outPath, Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1'));
};

/** A sandbox whose waits pass at once and whose clips are only a file head. */
export function startQuickSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return startSandbox({ speed: 2_000, render: headRenderer, ...options });
}

/** Asks `/__sandbox/...`. */
export async function control(
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown> & { httpStatus: number }> {
  const answer = await fetch(`${sandbox.address}/__sandbox${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { httpStatus: answer.status, ...((await answer.json()) as Record<string, unknown>) };
}
