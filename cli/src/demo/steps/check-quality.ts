import type { Measurement, QcFinding } from '@cuepoint/contract';
import type { DemoContext } from '../context.ts';
import type { QualityOutcome } from '../result.ts';

const rank: Record<QcFinding['status'], number> = { block: 0, warn: 1, not_measured: 2, passed: 3 };

/** What was measured, and what each destination says to it. */
export async function checkQuality({ client }: DemoContext, creativeId: string): Promise<QualityOutcome> {
  const report = await client.creatives.getQcReport({ creativeId });
  const { measurement } = report;
  return {
    measurement: {
      container: measurement.container,
      video: videoLine(measurement),
      audio: audioLine(measurement),
      durationMs: measurement.durationMs,
      totalBitrateBps: measurement.totalBitrateBps,
    },
    packs: report.packs.map(({ findings: _, ...pack }) => pack),
    findings: report.packs
      .flatMap((pack) => pack.findings.map((finding) => ({ ...finding, packName: pack.packName })))
      .filter((finding) => finding.status === 'block' || finding.status === 'warn')
      .sort((left, right) => rank[left.status] - rank[right.status]),
  };
}

function videoLine({ video }: Measurement): string {
  if (!video) return 'no video';
  const profile = video.profile ? ` ${video.profile}` : '';
  return `${video.codec}${profile} ${video.width}x${video.height} at ${Math.round(video.fps * 1000) / 1000} fps`;
}

function audioLine({ audio }: Measurement): string {
  if (!audio) return 'no audio';
  const lufs = audio.integratedLufs === null ? '' : `, ${audio.integratedLufs.toFixed(1)} LUFS`;
  const peak = audio.truePeakDbtp === null ? '' : `, peak ${audio.truePeakDbtp.toFixed(1)} dBTP`;
  return `${audio.codec} ${audio.sampleRateHz / 1000} kHz, ${audio.channels} channels${lufs}${peak}`;
}
