import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type HlsPackage, packageHls, type VideoMeasurement } from '@cuepoint/media';
import { extensionOf } from '../domain/video-file.ts';
import type { CreativesPorts } from '../ports.ts';
import type { AssetRow, StoredPackageFile } from '../rows.ts';

export type StoredPackage = Pick<
  HlsPackage,
  'hash' | 'durationMs' | 'sizeBytes' | 'renditions' | 'reasons'
> & {
  files: StoredPackageFile[];
};

/**
 * Packages a stored video and puts every file into the object store, the multivariant playlist last: whoever finds that
 * one finds all. Touches no database.
 * @throws MediaError
 */
export async function packageAsset(
  asset: Pick<AssetRow, 'sha256' | 'mime' | 'sizeBytes'>,
  measurement: VideoMeasurement,
  ports: Pick<CreativesPorts, 'files' | 'tools' | 'workDir' | 'maxVideoMs' | 'maxUploadBytes'>,
  signal?: AbortSignal,
): Promise<StoredPackage> {
  const path = ports.files.pathOf(asset.sha256, extensionOf(asset.mime));
  const tools = await ports.tools();
  await mkdir(ports.workDir, { recursive: true });
  const folder = await mkdtemp(join(ports.workDir, 'package-'));
  try {
    const made = await packageHls(path, measurement, folder, {
      tools,
      signal,
      maxSeconds: Math.ceil(ports.maxVideoMs / 1000) + 1,
      // Containers of segments cost a little; encoding anew may cost more than a lean master.
      maxBytes: 2 * Math.max(ports.maxUploadBytes, asset.sizeBytes),
    });
    const { hash, durationMs, sizeBytes, renditions, reasons } = made;
    const files: StoredPackageFile[] = [];
    for (const file of made.files) {
      const { sha256 } = await ports.files.put(file.path, file.extension);
      if (sha256 !== file.sha256) throw new Error(`${file.name} changed while it was stored`);
      files.push({ sha256, extension: file.extension });
    }
    return { hash, durationMs, sizeBytes, renditions, reasons, files };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
