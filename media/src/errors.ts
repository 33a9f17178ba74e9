/** Every way a media step can fail, as the caller may want to tell them apart. */
export type MediaErrorCode =
  | 'media.not_found'
  | 'media.empty_file'
  | 'media.not_a_video'
  | 'media.truncated'
  | 'media.too_large'
  | 'media.unreadable'
  | 'media.tool_missing'
  | 'media.tool_failed'
  | 'media.timed_out'
  | 'media.cancelled'
  | 'media.invalid_spec'
  | 'media.clips_too_short'
  | 'media.loudness_missed'
  | 'media.time_out_of_range';

export interface MediaErrorDetails {
  code: MediaErrorCode;
  /** Public: names the file or field, the value, and what would be accepted. */
  message: string;
  /** File or field the error is about, when there is one. */
  subject?: string;
  /** For the log only: the end of a tool's stderr, an inner error. */
  cause?: unknown;
}

const brand = Symbol.for('cuepoint.MediaError');

/**
 * A media step that could not be done. `message` is fit to be shown to the
 * person who gave the file; what a tool printed is kept in `cause`.
 */
export class MediaError extends Error {
  readonly code: MediaErrorCode;
  readonly subject: string | undefined;
  readonly [brand] = true;

  constructor(details: MediaErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'MediaError';
    this.code = details.code;
    this.subject = details.subject;
  }

  /** Recognises the error even when two copies of this package are loaded. */
  static is(value: unknown): value is MediaError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
