import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  assembleSpot,
  type ClipSpec,
  locateTools,
  type MediaTools,
  measureVideo,
  renderClip,
  SCENES,
} from '@cuepoint/media';
import { afterAll, describe, expect, it } from 'vitest';
import { SPEC_PACKS } from '../../../seeds/reference/spec-packs.ts';
import { evaluateMeasurement } from './domain/qc/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'cuepoint-spot-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function findBuild(source: 'system' | 'npm'): Promise<MediaTools | null> {
  try {
    return await locateTools({ sources: [source], pathVariable: process.env.PATH });
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    console.warn(`the ${source} build of ffmpeg is left out: ${(error as Error).message}`);
    return null;
  }
}

const look: ClipSpec['look'] = {
  colors: ['#1e4d63', '#f2a65a', '#f7f3ea'],
  title: 'Ridge season is open',
  subtitle: 'One pair of boots for wet stone and dry miles',
  callToAction: 'Find your trail',
  brandName: 'Fernwhistle',
};

describe.each(['system', 'npm'] as const)('a spot made with the %s build of ffmpeg', async (source) => {
  const tools = await findBuild(source);

  it.runIf(tools !== null)('passes every blocking rule of the default destinations', async () => {
    const clips: string[] = [];
    for (const scene of SCENES) {
      const path = join(directory, `${source}-${scene}.mp4`);
      await renderClip(
        { widthPx: 1920, heightPx: 1080, fps: 24, durationMs: 5_000, seed: 7, scene, look },
        path,
        { tools: tools!, audio: false },
      );
      clips.push(path);
    }
    const path = join(directory, `${source}-spot.mp4`);
    await assembleSpot(
      {
        clips,
        durationMs: 15_000,
        fps: 23.976,
        seed: 7,
        audioBed: { mood: 'calm' },
        videoBitrateBps: 21_500_000,
      },
      path,
      { tools: tools! },
    );
    const measurement = await measureVideo(path, { tools: tools! });
    const packs = SPEC_PACKS.filter((pack) => pack.defaultMatrix);
    expect(packs).toHaveLength(8);
    for (const pack of packs) {
      const wrong = evaluateMeasurement(measurement, pack, { market: 'US' }).filter(
        (finding) => finding.status === 'block' || finding.status === 'not_measured',
      );
      expect(wrong, pack.name).toEqual([]);
    }
  });
});
