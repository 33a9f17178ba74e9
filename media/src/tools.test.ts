import { chmod, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableBuilds, failureOf, scratch } from './testing.ts';
import { locateTools } from './tools.ts';

const builds = await availableBuilds(process.env.PATH ?? '');
let space: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => {
  space = await scratch();
});
afterAll(() => space.remove());

describe('locateTools', () => {
  it.each(builds)('reports version, year and source of the $name build', ({ name, tools }) => {
    for (const tool of [tools.ffmpeg, tools.ffprobe]) {
      expect(tool.source).toBe(name);
      expect(tool.version.length).toBeGreaterThan(2);
      expect(tool.year).toBeGreaterThanOrEqual(2018);
    }
  });

  it('takes a given path before all others and says so', async () => {
    const given = builds[0]!.tools;
    const tools = await locateTools({
      ffmpegPath: given.ffmpeg.path,
      ffprobePath: given.ffprobe.path,
      sources: [],
    });
    expect(tools.ffmpeg.source).toBe('setting');
    expect(tools.ffmpeg.version).toBe(given.ffmpeg.version);
  });

  it('does not fall back when a given path is wrong', async () => {
    const failure = await failureOf(
      locateTools({ ffmpegPath: space.file('absent'), pathVariable: '/usr/bin' }),
    );
    expect(failure.code).toBe('media.tool_missing');
    expect(failure.message).toContain('absent');
  });

  it('refuses a program that is not ffmpeg', async () => {
    const fake = space.file('fake');
    await writeFile(fake, '#!/bin/sh\necho hello\n');
    await chmod(fake, 0o755);
    const failure = await failureOf(locateTools({ ffmpegPath: fake }));
    expect(failure.message).toContain('does not answer');
  });

  it('tells what was tried when nothing is there', async () => {
    const failure = await failureOf(locateTools({ pathVariable: space.dir, sources: ['system'] }));
    expect(failure.code).toBe('media.tool_missing');
    expect(failure.message).toContain('the PATH');
  });
});
