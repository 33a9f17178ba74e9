import type { CheckDefinition } from '../check.ts';
import { judgeNumber, limitWords } from '../limits.ts';
import type { QcCheck } from '../spec-pack.ts';
import { withUnit } from '../units.ts';
import { flagCheck, numberCheck, textCheck } from './makers.ts';

const loudness: CheckDefinition = {
  label: 'Loudness',
  family: 'audio',
  needs: ['audio'],
  accepts: ['min', 'max', 'recommended'],
  requires: ['min', 'max'],
  observe({ measurement: { audio }, rule }) {
    const limit = limitWords(rule, 'lufs');
    const value = audio?.integratedLufs ?? null;
    if (value === null) {
      // BS.1770 gating gives no figure for silence: that fails the target, it is not a gap in measuring.
      return [
        {
          outcome: 'bad',
          measured: 'no measurable loudness: silent, or shorter than 400 ms',
          measuredValue: null,
          limit,
          remedy: `Add an audible mix and normalise it (two-pass) to ${target(rule.recommended, rule.min, rule.max)}.`,
        },
      ];
    }
    const seen = { measured: withUnit(value, 'lufs'), measuredValue: value, limit };
    if (judgeNumber(value, rule, 0) === 'ok') return [{ outcome: 'ok', ...seen, remedy: '' }];
    return [
      {
        outcome: 'bad',
        ...seen,
        remedy: `Normalise the mix (two-pass) to ${target(rule.recommended, rule.min, rule.max)}.`,
      },
    ];
  },
};

function target(...candidates: (number | string | undefined)[]): string {
  const first = candidates.find((candidate) => candidate !== undefined);
  return first === undefined ? 'the target' : withUnit(first, 'lufs');
}

/** How the sound is coded, and how loud it is (ITU-R BS.1770-4). */
export const audioChecks = {
  audio_present: flagCheck({
    label: 'Audio stream',
    family: 'audio',
    needs: [],
    read: ({ audio }) => audio !== null,
    words: { yes: 'an audio stream', no: 'no audio stream' },
    remedy: { yes: 'Add an audio stream with the mix.', no: 'Remove the audio stream.' },
  }),
  audio_tracks: numberCheck({
    label: 'Audio tracks',
    family: 'audio',
    needs: ['audio'],
    unit: 'count',
    read: ({ audioTrackCount }) => audioTrackCount,
    remedy: {
      below: (wanted) => `Add audio tracks: ${wanted} wanted.`,
      above: (wanted) => `Mix down to ${wanted}.`,
    },
  }),
  audio_codec: textCheck({
    label: 'Audio codec',
    family: 'audio',
    needs: ['audio'],
    read: ({ audio }) => audio?.codec ?? null,
    // PCM comes in a dozen sample formats, each with a name of its own.
    matches: (value, accepted) => value === accepted || (accepted === 'pcm' && value.startsWith('pcm_')),
    words: (value) => value.toUpperCase(),
    remedy: (accepted) => `Encode the audio as ${accepted}.`,
  }),
  audio_sample_rate: numberCheck({
    label: 'Audio sample rate',
    family: 'audio',
    needs: ['audio'],
    unit: 'hz',
    read: ({ audio }) => audio?.sampleRateHz ?? null,
    remedy: {
      below: (wanted) => `Export the mix at ${wanted}.`,
      above: (wanted) => `Resample the mix to ${wanted}.`,
    },
  }),
  audio_channels: numberCheck({
    label: 'Audio channels',
    family: 'audio',
    needs: ['audio'],
    unit: 'channels',
    read: ({ audio }) => audio?.channels ?? null,
    remedy: {
      below: (wanted) => `Export the mix with ${wanted}.`,
      above: (wanted) => `Mix down to ${wanted}.`,
    },
  }),
  audio_bitrate: numberCheck({
    label: 'Audio bitrate',
    family: 'audio',
    needs: ['audio'],
    unit: 'bps',
    read: ({ audio }) => audio?.bitrateBps ?? null,
    remedy: {
      below: (wanted) => `Encode the audio from the mix at ${wanted} or more.`,
      above: (wanted) => `Encode the audio at ${wanted} or less.`,
    },
  }),
  loudness,
  true_peak: numberCheck({
    label: 'True peak',
    family: 'audio',
    needs: ['audio'],
    unit: 'dbtp',
    read: ({ audio }) => audio?.truePeakDbtp ?? null,
    remedy: {
      below: (wanted) => `Raise the mix until its peaks reach ${wanted}.`,
      above: (wanted) => `Limit the mix to a true peak of ${wanted} or less.`,
    },
  }),
} satisfies Partial<Record<QcCheck, CheckDefinition>>;
