import type { Explanation, FunnelStep } from '@cuepoint/contract';

export interface FunnelBar {
  step: FunnelStep;
  count: number;
  lost: Explanation['funnel'][number]['lost'];
  /** Candidates that ended here. */
  lostCount: number;
  /** Lengths from 0 to 1 on the log scale: what is left, and what there was before. */
  share: number;
  shareBefore: number;
}

/**
 * Bars of the funnel. The scale is logarithmic, since thousands of candidates and one served ad must both be seen:
 * log(1 + n), so that zero has no length and one still has some.
 */
export function funnelBars(funnel: Explanation['funnel']): FunnelBar[] {
  const most = Math.max(1, ...funnel.map((step) => step.count));
  const length = (count: number) => Math.log1p(count) / Math.log1p(most);
  return funnel.map(({ step, count, lost }, at) => ({
    step,
    count,
    lost,
    lostCount: lost.reduce((sum, reason) => sum + reason.count, 0),
    share: length(count),
    shareBefore: length(Math.max(count, funnel[at - 1]?.count ?? count)),
  }));
}

/**
 * The step to open first: where the line item in focus ended, else the last one that lost anything, which is nearest to
 * serving.
 */
export function stepToOpen(
  explanation: Pick<Explanation, 'funnel' | 'excluded' | 'focus'>,
): FunnelStep | null {
  const { funnel, excluded, focus } = explanation;
  const own = focus && !focus.served && excluded.find((row) => row.lineItemId === focus.lineItemId);
  return own ? own.step : (funnel.findLast((step) => step.lost.length > 0)?.step ?? null);
}
