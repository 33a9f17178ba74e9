import { describeFailure } from '../output/failure.ts';
import { formatMicros } from '../output/render.ts';
import { freshStats, reconcileCampaign, requireAgreement } from '../reconcile/reconcile-campaign.ts';
import type { DemoContext } from './context.ts';
import type { DemoResult, DemoSummary, StepRecord } from './result.ts';
import { approveCreative } from './steps/approve.ts';
import { buildTag } from './steps/build-tag.ts';
import { checkQuality } from './steps/check-quality.ts';
import { comparePaths, pathOf } from './steps/compare-paths.ts';
import { fillBreak } from './steps/fill-break.ts';
import { launchTheBrief } from './steps/launch-brief.ts';
import { makeCreative } from './steps/make-creative.ts';
import { serve } from './steps/serve.ts';
import { traffic } from './steps/traffic.ts';

/** Fills a result step by step; a step that fails ends the run and is the result's failure. */
export async function runDemo(context: DemoContext, result: DemoResult): Promise<void> {
  const step = stepper(context, result);
  try {
    await runSteps(context, result, step);
    result.ok = true;
  } catch (error) {
    const failed = result.steps.at(-1);
    result.failure = { step: failed?.title ?? 'start', ...describeFailure(error) };
  }
}

const played = [
  ['impressions', 'impression'],
  ['starts', 'start'],
  ['firstQuartiles', 'firstQuartile'],
  ['midpoints', 'midpoint'],
  ['thirdQuartiles', 'thirdQuartile'],
  ['completes', 'complete'],
  ['clicks', 'click'],
] as const;

type Step = <T>(title: string, work: () => Promise<T>, summary: (outcome: T) => string) => Promise<T>;

async function runSteps(context: DemoContext, result: DemoResult, step: Step): Promise<void> {
  const { client } = context;
  const { outcome: brief, launched } = await step(
    'Brief and campaign',
    () => launchTheBrief(context),
    ({ outcome }) => `${outcome.campaignName}, ${money(outcome.budgetMicros, outcome.currency)}`,
  );
  result.brief = brief;
  const creative = await step(
    'Creative',
    () => makeCreative(context, launched),
    (made) =>
      `${made.name}, ${made.durationMs / 1000} s at ${made.width}x${made.height}${made.simulated ? ', simulated generator' : ''}`,
  );
  result.creative = creative;
  result.quality = await step(
    'Quality control',
    () => checkQuality(context, creative.creativeId),
    ({ packs }) => {
      const count = (verdict: string) => packs.filter((pack) => pack.verdict === verdict).length;
      return `${packs.length} packs: ${count('pass')} pass, ${count('warn')} warn, ${count('block')} block`;
    },
  );
  result.approval = await step(
    'Approval',
    () => approveCreative(context, brief, creative),
    ({ refusals, approval }) => `${refusals.length} early tries refused, then ${approval}`,
  );
  const tag = await step(
    'VAST tag',
    () => buildTag(context, creative.creativeId),
    ({ vastVersion, vendors, findings }) =>
      `VAST ${vastVersion} with ${vendors.length} verifications, ${findings.filter(({ severity }) => severity === 'block').length} blocking lint findings`,
  );
  result.vast = tag;
  const deployment = await step(
    'Trafficking',
    () => traffic(context, brief, creative.creativeId),
    ({ dsp, status, refusal, simulated, attempts, injected }) =>
      refusal ??
      `${dsp}: ${status}${simulated ? ' (simulated)' : ''}, ${attempts.length} attempts, ${injected.length} faults survived`,
  );
  result.trafficking = deployment;
  const serving = await step(
    'Serving',
    () => serve(context, brief, creative, tag),
    ({ outcome: { ads, fired, latencyMs } }) =>
      `${ads} ads (p50 ${latencyMs.p50.toFixed(1)} ms), ${fired.impression ?? 0} impressions, 1 click; they play on`,
  );
  result.serving = serving.outcome;
  const filled = await step(
    'Break',
    async () => {
      const filled = await fillBreak(context, brief, creative);
      await serving.watched();
      return { ...filled, lastEventAt: new Date().toISOString() };
    },
    ({ ads, explanation: { pod, excludedTotal } }) =>
      `${ads.length} ads in ${pod.filledMs / 1000} of ${pod.durationMs / 1000} s, ${excludedTotal} line items left out`,
  );
  result.break = filled;
  result.stats = await step(
    'Report',
    async () => {
      const started = performance.now();
      const stats = await freshStats(client, brief.campaignId, new Date(filled.lastEventAt));
      const { freshAt, totals, budgetMicros, remainingMicros } = stats;
      return {
        waitedMs: Math.round(performance.now() - started),
        freshAt: freshAt!,
        totals,
        budgetMicros,
        remainingMicros,
      };
    },
    ({ totals }) => `${totals.impressions} impressions, ${money(totals.spentMicros, brief.currency)} spent`,
  );
  result.supply = await step(
    'Supply paths',
    () => comparePaths(context, brief),
    ({ reference, checks }) =>
      `${reference.paths.length} paths in both modes, reference case met in ${checks.length} figures`,
  );
  await step(
    'Reconciliation',
    async () => {
      const { stats, ...check } = await reconcileCampaign(
        client,
        brief.campaignId,
        context.dataDir,
        new Date(filled.lastEventAt),
      );
      result.reconciliation = check;
      requireAgreement(check);
      // What was counted must be what was done here, and nothing else.
      const { totals, budgetMicros, remainingMicros } = stats;
      for (const [figure, event] of played) {
        const done = (serving.outcome.fired[event] ?? 0) + (filled.fired[event] ?? 0);
        // On a server of its own the demo is the only viewer; elsewhere others may have watched too.
        if (context.own || totals[figure] < done) requireEqual(figure, totals[figure], done);
      }
      requireEqual('spent micros', totals.spentMicros, (totals.impressions * brief.cpmMicros) / 1000);
      requireEqual('remaining micros', remainingMicros, budgetMicros - totals.spentMicros);
      return check;
    },
    ({ comparedEvents, log }) =>
      `${comparedEvents} events agree one by one, spend to the micro (${log.spentMicros})`,
  );
  result.summary = summarise(result);
}

/** @throws Error naming both figures */
function requireEqual(figure: string, reported: number, done: number): void {
  if (reported !== done) throw new Error(`${figure}: the report says ${reported}, and this demo did ${done}`);
}

function summarise({ brief, creative, trafficking, stats, supply }: DemoResult): DemoSummary {
  const { path, additive, cascading } = pathOf(supply!.campaign, 1);
  const simulated = [
    ...(creative!.simulated ? [`video generation (${creative!.generator ?? 'generator'})`] : []),
    ...(trafficking!.simulated ? [trafficking!.dsp] : []),
    'the viewers: this command asked for the ads and played them',
  ];
  return {
    campaign: { id: brief!.campaignId, name: brief!.campaignName },
    creative: { id: creative!.creativeId, name: creative!.name, simulated: creative!.simulated },
    dsp: {
      name: trafficking!.dsp,
      simulated: trafficking!.simulated,
      externalIds: trafficking!.externalIds,
      refusal: trafficking!.refusal,
    },
    currency: brief!.currency,
    impressions: stats!.totals.impressions,
    spentMicros: stats!.totals.spentMicros,
    remainingMicros: stats!.remainingMicros,
    publisherNet: {
      path: path.name,
      cpmMicros: brief!.cpmMicros,
      additiveMicros: additive.publisherNetMicros,
      cascadingMicros: cascading.publisherNetMicros,
    },
    simulated,
  };
}

/** Runs a step, times it, keeps what happened, and says so in one line. */
function stepper({ terminal }: DemoContext, result: DemoResult): Step {
  return async (title, work, summary) => {
    const started = performance.now();
    const record: StepRecord = {
      number: result.steps.length + 1,
      title,
      ok: false,
      tookMs: 0,
      summary: '',
    };
    result.steps.push(record);
    terminal.progress(`step ${record.number}`, `${String(record.number).padStart(2)} ${title} …`);
    try {
      const outcome = await work();
      record.ok = true;
      record.summary = summary(outcome);
      return outcome;
    } catch (error) {
      record.summary = describeFailure(error).problem.detail.split('\n')[0]!;
      throw error;
    } finally {
      record.tookMs = Math.round(performance.now() - started);
      terminal.endProgress();
      terminal.note(
        stepLine(record, terminal.paint(record.ok ? 'green' : 'red', record.ok ? 'ok' : 'failed')),
      );
    }
  };
}

function stepLine({ number, title, tookMs, summary }: StepRecord, mark: string): string {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`;
  return `${String(number).padStart(2)} ${title.padEnd(20)} ${seconds.padStart(7)}  ${mark}  ${summary}`;
}

function money(micros: number, currency: string): string {
  return `${currency} ${formatMicros(micros)}`;
}
