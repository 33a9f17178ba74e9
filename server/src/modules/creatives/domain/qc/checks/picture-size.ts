import type { CheckDefinition } from '../check.ts';
import { listWords } from '../limits.ts';
import type { QcCheck } from '../spec-pack.ts';
import { textCheck } from './makers.ts';

interface Size {
  width: number;
  height: number;
}

/** "1920x1080" as numbers; null for anything else. */
export function parseSize(text: string): Size | null {
  const match = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(text);
  return match ? { width: Number(match[1]), height: Number(match[2]) } : null;
}

// Coded sizes are whole and even, so 854x480 stands for 16:9: half a percent covers it.
const ASPECT_TOLERANCE = 0.005;
const NAMED_ASPECTS = ['16:9', '9:16', '4:3', '3:4', '1:1', '4:5'];

const resolution: CheckDefinition = {
  label: 'Resolution',
  family: 'video',
  needs: ['video'],
  accepts: ['oneOf', 'minSizes', 'recommended'],
  requires: ['oneOf', 'minSizes'],
  oneOfKind: 'size',
  observe({ measurement, rule }) {
    const { width, height } = measurement.video ?? { width: 0, height: 0 };
    const exact = (rule.oneOf ?? []).map(String);
    const smallest = rule.minSizes ?? [];
    const fits = smallest.some((text) => {
      const size = parseSize(text);
      return size !== null && width >= size.width && height >= size.height;
    });
    const ok =
      (rule.oneOf === undefined || exact.includes(`${width}x${height}`)) &&
      (rule.minSizes === undefined || fits);
    const limit = [
      ...(rule.oneOf ? [listWords(exact.map(asWords), 'text')] : []),
      ...(rule.minSizes ? [`at least ${smallest.map(asWords).join(' or ')}`] : []),
    ].join(', ');
    const advice = rule.recommended === undefined ? '' : `; recommended ${asWords(String(rule.recommended))}`;
    const seen = {
      measured: `${width}×${height}`,
      measuredValue: `${width}x${height}`,
      limit: limit + advice,
    };
    if (ok) return [{ outcome: 'ok', ...seen, remedy: '' }];
    return [
      {
        outcome: 'bad',
        ...seen,
        remedy: `Supply a picture of ${limit}, rendered from the master: enlarging this file would only blur it.`,
      },
    ];
  },
};

function asWords(size: string): string {
  return size.replace('x', '×');
}

/** How large and how wide the picture is. */
export const pictureSizeChecks = {
  resolution,
  aspect_ratio: textCheck({
    label: 'Aspect ratio',
    family: 'video',
    needs: ['video'],
    read: ({ video }) => (video ? displayAspect(video.width, video.height, video.sampleAspect) : null),
    remedy: (accepted) => `Reframe the picture to ${accepted}; do not add bars or stretch it.`,
  }),
} satisfies Partial<Record<QcCheck, CheckDefinition>>;

/** The shape of the picture as shown: a name such as "16:9" when near one, else "2.390:1". */
function displayAspect(width: number, height: number, sampleAspect: string | null): string {
  const ratio = (width / height) * (ratioOf(sampleAspect ?? '1:1') ?? 1);
  const named = NAMED_ASPECTS.find((name) => Math.abs(ratio / (ratioOf(name) ?? 1) - 1) <= ASPECT_TOLERANCE);
  return named ?? `${ratio.toFixed(3)}:1`;
}

function ratioOf(aspect: string): number | null {
  const match = /^(\d+):(\d+)$/.exec(aspect);
  const [across, down] = [Number(match?.[1]), Number(match?.[2])];
  return match && across > 0 && down > 0 ? across / down : null;
}
