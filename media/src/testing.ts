import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MediaError, type MediaErrorCode } from './errors.ts';
import { locateTools, type MediaTools } from './tools.ts';

/** For tests only: both kinds of ffmpeg that exist here, by name. */
export async function availableBuilds(pathVariable: string): Promise<{ name: string; tools: MediaTools }[]> {
  const builds: { name: string; tools: MediaTools }[] = [];
  for (const source of ['system', 'npm'] as const) {
    try {
      builds.push({ name: source, tools: await locateTools({ pathVariable, sources: [source] }) });
    } catch (error) {
      if (!MediaError.is(error)) throw error;
      console.warn(`media tests do not run on the ${source} ffmpeg: ${error.message}`);
    }
  }
  if (builds.length === 0) throw new Error('No ffmpeg at all: install it, or the optional dependencies.');
  return builds;
}

/** For tests only: a folder that is gone after `use`. */
export async function scratch(): Promise<{
  dir: string;
  file: (name: string) => string;
  remove: () => Promise<void>;
}> {
  const dir = await mkdtemp(join(tmpdir(), 'cuepoint-media-'));
  return { dir, file: (name) => join(dir, name), remove: () => rm(dir, { recursive: true, force: true }) };
}

/** For tests only: the code and message a step fails with. */
export async function failureOf(step: Promise<unknown>): Promise<{ code: MediaErrorCode; message: string }> {
  try {
    await step;
  } catch (error) {
    if (MediaError.is(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('The step was expected to fail and did not.');
}
