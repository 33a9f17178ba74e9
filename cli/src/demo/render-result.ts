import { failureLines } from '../output/failure.ts';
import { pairs } from '../output/pairs.ts';
import { formatMicros } from '../output/render.ts';
import { indent, table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { explanationView } from '../views/delivery.ts';
import { supplyView } from '../views/supply.ts';
import { attemptTable } from '../views/trafficking.ts';
import type { DemoResult, StepRecord } from './result.ts';

type Paint = (colour: Parameters<Terminal['paint']>[0], text: string) => string;

const worstFindings = 5;

/** The whole run for people: every step with what it showed, then the summary. */
export function renderResult(result: DemoResult, terminal: Pick<Terminal, 'paint' | 'plain'>): string {
  const paint: Paint = (colour, text) => terminal.paint(colour, text, 'data');
  const blocks = result.steps.map((step) => {
    const head = `${step.number} ${step.title}  ${paint('dim', seconds(step))}`;
    const body = details[step.title]?.(result, paint, terminal.plain) ?? '';
    return [paint('bold', head), ...(body === '' ? [] : [indent(body)])].join('\n');
  });
  return ['', ...blocks, endOf(result, paint), ''].join('\n\n').trim();
}

const details: Record<string, (result: DemoResult, paint: Paint, plain: boolean) => string> = {
  'Brief and campaign': ({ brief }) =>
    brief
      ? pairs({
          brief: brief.source,
          campaign: `${brief.campaignName} (${brief.campaignId})`,
          ...(brief.suffix === null
            ? {}
            : { label: `run ${brief.suffix}: the account has a campaign of this name` }),
          flight: `${brief.flight.startAt} to ${brief.flight.endAt} (${brief.flight.timeZone})`,
          budget: `${brief.currency} ${formatMicros(brief.budgetMicros)} at CPM ${formatMicros(brief.cpmMicros)}`,
          created: brief.created.join(', '),
          reused: brief.reused.join(', ') || 'nothing',
        })
      : '',
  Creative: ({ creative }, paint) =>
    creative
      ? pairs({
          creative: `${creative.name} (${creative.creativeId})`,
          source:
            creative.source === 'uploaded'
              ? 'your file'
              : `${creative.generator}${creative.simulated ? paint('magenta', ' simulated') : ''}, ${creative.scenes.length} scenes`,
          file: `${creative.durationMs / 1000} s, ${creative.width}x${creative.height}, sha256 ${creative.sha256.slice(0, 16)}…`,
          'ad id': creative.universalAdId,
          'leads to': creative.clickThroughUrl,
        })
      : '',
  'Quality control': ({ quality }, paint) => {
    if (!quality) return '';
    const { measurement, packs, findings } = quality;
    const rows = packs.map((pack) => [
      pack.packName,
      pack.verdict,
      String(pack.passes),
      String(pack.warns),
      String(pack.blocks),
    ]);
    const worst = findings
      .slice(0, worstFindings)
      .map(
        (finding) =>
          `${paint(finding.status === 'block' ? 'red' : 'yellow', finding.status)} ${finding.packName}, ${finding.check}: measured ${finding.measured}, limit ${finding.limit}${finding.timecodeMs === null ? '' : ` at ${finding.timecodeMs / 1000} s`}. ${finding.remedy}`,
      );
    const more = findings.length - worst.length;
    return [
      `${measurement.container}, ${measurement.video}; ${measurement.audio}; ${(measurement.totalBitrateBps / 1e6).toFixed(1)} Mbit/s`,
      table([['Destination', 'Verdict', 'Pass', 'Warn', 'Block'], ...rows], [2, 3, 4]),
      ...worst,
      ...(more > 0 ? [`and ${more} more: cuepoint creatives qc <creative-id>`] : []),
    ].join('\n');
  },
  Approval: ({ approval }) =>
    approval
      ? [
          ...approval.refusals.map(({ tried, answer }) => `before approval, ${tried}: refused (${answer})`),
          ...approval.audited.map(({ at, actor, change }) => `${at} ${actor}: ${change}`),
        ].join('\n')
      : '',
  'VAST tag': ({ vast }) =>
    vast
      ? [
          `VAST ${vast.vastVersion}, ${vast.bytes} bytes, verification by ${vast.vendors.join(' and ')}`,
          `lint: ${lintLine(vast.findings)}`,
          vast.tagUrl,
        ].join('\n')
      : '',
  Trafficking: ({ trafficking }, paint) => {
    if (!trafficking) return '';
    if (trafficking.refusal !== null) return `not sent: ${trafficking.refusal}`;
    const mark = trafficking.simulated ? paint('magenta', ' simulated') : '';
    return [
      `${trafficking.dsp}${mark}: ${trafficking.status}, deployment ${trafficking.deploymentId}`,
      ...(trafficking.injected.length > 0 ? [`injected: ${trafficking.injected.join('; ')}`] : []),
      attemptTable(trafficking.attempts),
      ...(trafficking.objects
        ? [
            `objects there: ${Object.entries(trafficking.objects)
              .map(([kind, count]) => `${count} ${kind}`)
              .join(', ')}: no duplicate`,
          ]
        : []),
    ].join('\n');
  },
  Serving: ({ serving }) => {
    if (!serving) return '';
    const { asked, fired } = serving;
    const order = ['impression', 'start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete', 'click'];
    const none = Object.entries(serving.noAd).map(([reason, count]) => `${count} ${reason}`);
    return [
      `asked ${asked.vast} times by GET /vast and ${asked.adRequest} by POST /api/v1/ad-request: ${serving.ads} ads${serving.otherAds > 0 ? `, ${serving.otherAds} of other campaigns` : ''}${none.length > 0 ? `, no ad: ${none.join(', ')}` : ''}`,
      `answered in ${serving.latencyMs.p50.toFixed(1)} ms (median), ${serving.latencyMs.max.toFixed(1)} ms (slowest)`,
      `media ${serving.media.status} ${serving.media.contentType}, begins with ${serving.media.firstBytes}`,
      order.map((event) => `${fired[event] ?? 0} ${event}`).join(', '),
      `${serving.impressionsByApi} of the impressions by POST /api/v1/impression`,
      `click: ${serving.click.status} to ${serving.click.location}`,
      ...serving.refusals.map(({ tried, answer }) => `${tried}: ${answer}`),
    ].join('\n');
  },
  Break: ({ break: filled }, _paint, plain) => (filled ? explanationView(filled.explanation, { plain }) : ''),
  Report: ({ stats, brief }) =>
    stats
      ? pairs({
          'counted up to': stats.freshAt,
          delivered: `${stats.totals.requests} ads, ${stats.totals.impressions} impressions, ${stats.totals.completes} completes, ${stats.totals.clicks} click`,
          spent: `${brief?.currency} ${formatMicros(stats.totals.spentMicros)}`,
          remaining: `${brief?.currency} ${formatMicros(stats.remainingMicros)}`,
        })
      : '',
  'Supply paths': ({ supply: outcome }) =>
    outcome
      ? [
          ...outcome.checks.map(
            ({ path, mode, foundMicros }) =>
              `reference ${path}, ${mode}: USD ${formatMicros(foundMicros)} of USD ${formatMicros(outcome.reference.baseCpmMicros)} as expected`,
          ),
          '',
          supplyView(outcome.campaign),
        ].join('\n')
      : '',
  Reconciliation: ({ reconciliation }) =>
    reconciliation
      ? [
          `${reconciliation.recordsRead} records read from the log of ${reconciliation.nodes.join(', ')}, ${reconciliation.log.events} events of this campaign`,
          reconciliation.agrees
            ? `${reconciliation.comparedEvents} events, every count and the spend of ${reconciliation.log.spentMicros} micros agree with the report`
            : `${reconciliation.differences.length} differences`,
        ].join('\n')
      : '',
};

function lintLine(findings: NonNullable<DemoResult['vast']>['findings']): string {
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  const warned = findings.filter(({ severity }) => severity === 'warn').map(({ rule }) => rule);
  const names = warned.length > 0 ? ` (${[...new Set(warned)].join(', ')})` : '';
  return `${count('block')} blocking, ${count('warn')} warnings${names}, ${count('info')} remarks`;
}

function endOf(result: DemoResult, paint: Paint): string {
  if (result.failure) {
    const painted = { paint: (colour: Parameters<Paint>[0], text: string) => paint(colour, text) };
    return [
      paint('red', `Stopped at ${result.failure.step} after ${(result.tookMs / 1000).toFixed(1)} s`),
      ...failureLines(result.failure.problem, painted),
    ].join('\n');
  }
  const { summary, server } = result;
  if (!summary) return '';
  const { publisherNet: net, currency } = summary;
  const mark = (simulated: boolean) => (simulated ? paint('magenta', ' simulated') : '');
  const ids = Object.entries(summary.dsp.externalIds).map(([kind, id]) => `${kind} ${id}`);
  return [
    paint('green', `Done in ${(result.tookMs / 1000).toFixed(1)} s`),
    pairs({
      campaign: `${summary.campaign.name} (${summary.campaign.id})`,
      creative: `${summary.creative.name} (${summary.creative.id})${mark(summary.creative.simulated)}`,
      [summary.dsp.name]:
        summary.dsp.refusal === null
          ? `${ids.join(', ')}${mark(summary.dsp.simulated)}`
          : `not sent: ${summary.dsp.refusal}`,
      impressions: String(summary.impressions),
      spent: `${currency} ${formatMicros(summary.spentMicros)} (${summary.spentMicros} micros)`,
      remaining: `${currency} ${formatMicros(summary.remainingMicros)} (${summary.remainingMicros} micros)`,
      'publisher net': `${currency} ${formatMicros(net.additiveMicros)} additive, ${formatMicros(net.cascadingMicros)} cascading, of CPM ${formatMicros(net.cpmMicros)} (${net.path})`,
      simulated: summary.simulated.join('; '),
    }),
    '',
    ...whereToLook(server),
  ].join('\n');
}

function whereToLook({ own, kept, publicUrl, dataDir, signInUrl }: DemoResult['server']): string[] {
  if (!own) return [`Look at it: ${publicUrl}`, ...(signInUrl ? [`Sign in:    ${signInUrl} (once)`] : [])];
  if (kept)
    return [
      `The installation of this run is kept in ${dataDir}.`,
      `Look at it: npm run cuepoint -- start --data-dir ${dataDir}`,
    ];
  return [
    'This ran on a server of its own, which is gone now. To look at one: npm start, then npm run demo again;',
    'or keep the next run: npm run demo -- --keep.',
  ];
}

function seconds({ tookMs }: StepRecord): string {
  return `${(tookMs / 1000).toFixed(1)} s`;
}
