import type { Creative, GenerationJob, launchBrief, OutputOf, QcReport } from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { formatMicros } from '../output/render.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

/** What was made, and the command that goes on from there. */
export function launchedView(launched: OutputOf<typeof launchBrief>, terminal: Terminal): string {
  const names = (list: Array<{ kind: string; name: string; id: string }>) =>
    list.map(({ kind, name, id }) => `${kind} ${name} (${id})`).join(', ') || 'nothing';
  const { generation } = launched;
  terminal.note(
    `next: cuepoint generate --campaign-id ${launched.campaignId} --placement ${generation.placement} --prompt "…"`,
  );
  return pairs({
    campaign: `${launched.campaignName} (${launched.campaignId})`,
    created: names(launched.created),
    reused: names(launched.reused),
    prompt: generation.prompt,
    title: generation.title,
    'call to action': generation.callToAction,
    'leads to': generation.landingUrl,
    spot: `${generation.durationSeconds} s, ${generation.placement}, ${generation.tone}`,
  });
}

export function generationView(job: GenerationJob, terminal: Terminal): string {
  if (job.status === 'completed')
    terminal.note(`next: cuepoint approve --creative-id ${job.creativeId} --action submit`);
  return pairs({
    job: `${job.id}, ${job.status}${job.simulated ? ' (simulated generator)' : ''}`,
    creative: job.creativeId ?? 'none yet',
    generator: job.generator,
    spot: `${job.durationMs / 1000} s, ${job.placement}`,
    scenes: job.scenes.map(({ scene, state }) => `${scene} ${state}`).join(', '),
    cost: `${job.currency} ${formatMicros(job.costMicros)} (estimated ${formatMicros(job.estimatedCostMicros)})`,
    ...(job.status === 'completed' || job.status === 'failed' ? {} : { now: job.step }),
    ...(job.failure === null ? {} : { failure: job.failure }),
  });
}

export function creativeView(creative: Creative): string {
  const may = creative.actions.map(({ action, allowed, why }) =>
    allowed ? action : `not ${action}: ${why}`,
  );
  const picture = creative.width === null ? '-' : `${creative.width}x${creative.height}`;
  return pairs({
    creative: `${creative.name} (${creative.id})`,
    campaign: `${creative.campaignName} (${creative.campaignId})`,
    approval: creative.approval,
    file: `${creative.status}, ${creative.durationMs === null ? '-' : creative.durationMs / 1000} s, ${picture}, ${creative.source}${creative.simulated ? ' (simulated generator)' : ''}`,
    ...(creative.failure === null ? {} : { failure: creative.failure }),
    'ad id': creative.universalAdId,
    'leads to': creative.clickThroughUrl,
    vendors: creative.vendors.join(', ') || 'none',
    quality:
      creative.qc === null
        ? 'not measured yet'
        : `${creative.qc.blocks} blocking, ${creative.qc.warns} warnings, ${creative.qc.passes} passed in ${creative.qc.packs.length} packs`,
    'may do': may.join('; ') || 'nothing',
    version: String(creative.version),
  });
}

/** Verdicts of every destination, then what does not pass. Everything is in --json. */
export function qualityView(report: QcReport): string {
  const rows = report.packs.map((pack) => [
    pack.packName,
    pack.verdict,
    String(pack.passes),
    String(pack.warns),
    String(pack.blocks),
  ]);
  const findings = report.packs.flatMap((pack) =>
    pack.findings
      .filter(({ status }) => status === 'block' || status === 'warn')
      .map((finding) => {
        const at = finding.timecodeMs === null ? '' : ` at ${finding.timecodeMs / 1000} s`;
        return `${finding.status} ${pack.packName}, ${finding.check}${at}: measured ${finding.measured}, limit ${finding.limit}. ${finding.remedy}`;
      }),
  );
  return [
    table([['Destination', 'Verdict', 'Pass', 'Warn', 'Block'], ...rows], [2, 3, 4]),
    ...(findings.length > 0 ? ['', ...findings] : []),
    '',
    `measured ${report.measuredAt} with ${report.measurement.tools.join(', ')}`,
  ].join('\n');
}
