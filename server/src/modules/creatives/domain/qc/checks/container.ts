import type { CheckDefinition } from '../check.ts';
import type { QcCheck } from '../spec-pack.ts';
import { flagCheck, numberCheck, textCheck } from './makers.ts';

/** What holds the streams: format, size, order of boxes. */
export const containerChecks = {
  video_present: flagCheck({
    label: 'Video stream',
    family: 'container',
    needs: [],
    read: ({ video }) => video !== null,
    words: { yes: 'a video stream', no: 'no video stream' },
    remedy: { yes: 'Supply a file with a video stream.', no: 'Supply a file without a video stream.' },
  }),
  container: textCheck({
    label: 'Container',
    family: 'container',
    needs: [],
    read: ({ container }) => container,
    words: (value) => (value === 'other' ? 'another container' : value.toUpperCase()),
    remedy: (accepted) =>
      `Rewrap the streams into ${accepted}; no re-encoding is needed when the codecs are accepted.`,
  }),
  moov_first: flagCheck({
    label: 'Fast start',
    family: 'container',
    needs: [],
    read: ({ moovFirst }) => moovFirst,
    words: { yes: 'index (moov) before the media data', no: 'index (moov) after the media data' },
    remedy: {
      yes: 'Rewrite the file with the index first (ffmpeg -c copy -movflags +faststart): players can then start before it is all loaded.',
      no: 'Rewrite the file with the index last.',
    },
  }),
  file_size: numberCheck({
    label: 'File size',
    family: 'container',
    needs: [],
    unit: 'bytes',
    read: ({ sizeBytes }) => sizeBytes,
    remedy: {
      below: (target) => `Export again at a higher quality: the file should have at least ${target}.`,
      above: (target) => `Encode at a lower bitrate so that the file stays within ${target}.`,
    },
  }),
  total_bitrate: numberCheck({
    label: 'Total bitrate',
    family: 'container',
    needs: [],
    unit: 'bps',
    read: ({ totalBitrateBps }) => totalBitrateBps,
    remedy: {
      below: (target) =>
        `Encode from the master at a total of ${target} or more; raising the rate of this file adds nothing.`,
      above: (target) => `Encode at a total of ${target} or less.`,
    },
  }),
} satisfies Partial<Record<QcCheck, CheckDefinition>>;
