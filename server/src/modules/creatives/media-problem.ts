import { basename } from 'node:path';
import type { ErrorCode } from '@cuepoint/contract';
import { MediaError, type MediaErrorCode } from '@cuepoint/media';
import { AppError } from '../../kernel/app-error.ts';

/** What is wrong with the file itself: trying again cannot help. */
const OF_THE_FILE: Partial<Record<MediaErrorCode, ErrorCode>> = {
  'media.empty_file': 'media.not_a_video',
  'media.not_a_video': 'media.not_a_video',
  'media.truncated': 'media.truncated',
  'media.unreadable': 'media.unreadable',
  'media.too_large': 'media.too_large',
  'media.tool_failed': 'media.unreadable',
  'media.timed_out': 'media.unreadable',
};

/** True when the person who gave the file must give another. */
export function isFileProblem(error: unknown): error is MediaError {
  return MediaError.is(error) && OF_THE_FILE[error.code] !== undefined;
}

/** The message of a media error with the name the person knows instead of that of our private copy. */
export function describeMediaError(error: MediaError, path: string, fileName: string): string {
  const inner = basename(path);
  return error.message.startsWith(inner) ? `${fileName}${error.message.slice(inner.length)}` : error.message;
}

/** A media error as the public "no" it is. Anything else is returned as it came, to be reported as a fault. */
export function toPublicError(error: unknown, path: string, fileName: string): unknown {
  if (!MediaError.is(error)) return error;
  const detail = describeMediaError(error, path, fileName);
  if (error.code === 'media.tool_missing')
    return new AppError('media.tool_missing', detail, { cause: error });
  if (error.code === 'media.not_found') {
    return new AppError('input.invalid', `file: ${fileName} cannot be read.`, {
      cause: error,
      fields: [
        { field: 'file', message: 'cannot be read', value: fileName, accepted: 'a readable video file' },
      ],
    });
  }
  const code = OF_THE_FILE[error.code];
  if (code === undefined) return error;
  return new AppError(code, detail, { cause: error, fields: [{ field: 'file', message: detail }] });
}
