import type { Attempt, Deployment, OutputOf, Problem, trafficCreative } from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { table } from '../output/table.ts';

type Results = OutputOf<typeof trafficCreative>['results'];

const widestDetail = 90;

/** One paragraph a destination: each answers for itself. */
export function trafficView({ results }: { results: Results }): string {
  return results
    .map(({ dsp, deployment, problem, plan }) => {
      if (deployment) return `${dsp}  ${stateOf(deployment)}\n${idsOf(deployment)}`;
      if (problem) return `${dsp}  refused: ${problem.detail}${acceptedIn(problem)} (${problem.code})`;
      const requests = plan.map(({ step, method, path }) => `  would send ${method} ${path} (${step})`);
      return [dsp, ...requests].join('\n');
    })
    .join('\n');
}

function acceptedIn({ detail, fields }: Problem): string {
  const told = (fields ?? []).flatMap(({ value, accepted }) =>
    accepted && !detail.includes(accepted)
      ? [`${value === undefined ? '' : `found ${JSON.stringify(value)}; `}accepted: ${accepted}`]
      : [],
  );
  return told.length > 0 ? `; ${told.join('; ')}` : '';
}

export function deploymentView(deployment: Deployment & { attempts: Attempt[] }): string {
  return [
    pairs({
      deployment: `${deployment.id}, ${stateOf(deployment)}`,
      creative: `${deployment.creativeName} (${deployment.creativeId})`,
      campaign: deployment.campaignName,
      version: String(deployment.version),
    }),
    idsOf(deployment),
    '',
    attemptTable(deployment.attempts),
  ].join('\n');
}

export function attemptTable(
  attempts: ReadonlyArray<
    Pick<Attempt, 'number' | 'step' | 'kind' | 'httpStatus' | 'outcome' | 'detail' | 'durationMs'>
  >,
): string {
  const rows = attempts.map((attempt) => [
    String(attempt.number),
    attempt.step,
    attempt.kind,
    attempt.httpStatus === null ? 'cut' : String(attempt.httpStatus),
    attempt.outcome,
    `${Math.round(attempt.durationMs)} ms`,
    attempt.detail.length > widestDetail ? `${attempt.detail.slice(0, widestDetail - 1)}…` : attempt.detail,
  ]);
  return table([['#', 'Step', 'Kind', 'HTTP', 'Outcome', 'Took', 'Detail'], ...rows], [0, 5]);
}

function stateOf({ dspName, status, simulated, failure, reviewReasons }: Deployment): string {
  const why = failure ?? reviewReasons.join(', ');
  return `${dspName}: ${status.replaceAll('_', ' ')}${simulated ? ' (simulated)' : ''}${why ? `; ${why}` : ''}`;
}

function idsOf({ id, externalIds }: Deployment): string {
  const ids = Object.entries(externalIds).map(([kind, value]) => `${kind} ${value}`);
  return `  ${ids.length > 0 ? ids.join(', ') : 'nothing is there yet'}; attempts: cuepoint deployments show ${id}`;
}
