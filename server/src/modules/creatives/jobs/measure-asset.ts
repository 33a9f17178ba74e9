import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { extractFrames, makeThumbnail, measureVideo, type VideoMeasurement } from '@cuepoint/media';
import { extensionOf, filmstripTimes } from '../domain/video-file.ts';
import type { CreativesPorts } from '../ports.ts';
import type { AssetRow, StoredPicture } from '../rows.ts';

const FRAME_WIDTH_PX = 320;
const THUMBNAIL_WIDTH_PX = 640;

/**
 * Measures a stored video and makes its pictures, which go into the object store. Touches no database.
 * @throws MediaError
 */
export async function measureAsset(
  asset: Pick<AssetRow, 'sha256' | 'mime'>,
  ports: Pick<CreativesPorts, 'files' | 'tools' | 'workDir' | 'maxVideoMs'>,
  signal?: AbortSignal,
): Promise<{ measurement: VideoMeasurement; frames: StoredPicture[] }> {
  const path = ports.files.pathOf(asset.sha256, extensionOf(asset.mime));
  const tools = await ports.tools();
  const run = { tools, ...(signal ? { signal } : {}) };
  const measurement = await measureVideo(path, {
    ...run,
    maxSeconds: Math.ceil(ports.maxVideoMs / 1000) + 1,
  });
  const { video } = measurement;
  if (video === null) return { measurement, frames: [] };
  await mkdir(ports.workDir, { recursive: true });
  const folder = await mkdtemp(join(ports.workDir, 'measure-'));
  try {
    const times = filmstripTimes(video.durationMs, video.fps);
    const taken = await extractFrames(path, times, folder, { ...run, widthPx: FRAME_WIDTH_PX });
    const thumbnail = await makeThumbnail(path, join(folder, 'thumbnail.jpg'), {
      ...run,
      widthPx: THUMBNAIL_WIDTH_PX,
    });
    const frames: StoredPicture[] = [];
    for (const [kind, picture] of [
      ['thumbnail', thumbnail] as const,
      ...taken.map((frame) => ['frame', frame] as const),
    ]) {
      const { sha256 } = await ports.files.put(picture.path, 'jpg');
      frames.push({ kind, atMs: picture.atMs, sha256 });
    }
    return { measurement, frames };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
