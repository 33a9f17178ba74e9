import { glanceVideo } from '@cuepoint/media';
import { AppError } from '../../kernel/app-error.ts';
import { fileKind } from './domain/video-file.ts';
import { toPublicError } from './media-problem.ts';
import type { CreativesPorts } from './ports.ts';

/** A video that is in the object store and can become an asset. */
export interface StoredVideo {
  sha256: string;
  sizeBytes: number;
  mime: string;
  /** The name it came with. */
  originalName: string;
}

/**
 * Looks at a file's content and stores it by its hash. Slow: never inside a transaction.
 * @throws AppError media.not_a_video, media.truncated, media.unreadable, media.too_large, media.too_long,
 *   media.tool_missing, input.invalid; nothing is stored then
 */
export async function takeInVideo(
  file: { path: string; fileName: string },
  ports: CreativesPorts,
): Promise<StoredVideo> {
  const { path, fileName } = file;
  const { maxUploadBytes, maxVideoMs } = ports;
  const glance = await ports
    .tools()
    .then((tools) => glanceVideo(path, { tools, maxBytes: maxUploadBytes }))
    .catch((error: unknown) => {
      throw toPublicError(error, path, fileName);
    });
  if (glance.durationMs > maxVideoMs) {
    const accepted = `at most ${maxVideoMs / 1000} s`;
    throw new AppError(
      'media.too_long',
      `${fileName} lasts ${glance.durationMs / 1000} s; ${accepted} are accepted.`,
      { fields: [{ field: 'file', message: 'too long', value: `${glance.durationMs / 1000} s`, accepted }] },
    );
  }
  const { extension, mime } = fileKind(glance.container);
  const stored = await ports.files.put(path, extension);
  return { ...stored, mime, originalName: fileName };
}
