import type { DeploymentRow, SiblingStep, StepRow } from '../deployment-rows.ts';
import { holdObject, lockDeployment, saveStep, siblingsOf, stepRowsOf } from '../deployment-rows.ts';
import { sendingStatuses } from '../domain/deployment.ts';
import type { ExternalIds, PlatformAdapter, Step, Ticket } from '../ports.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';
import { finish } from './finish.ts';
import type { Unit } from './unit.ts';

/** What the job does next. */
export type Instruction =
  | { kind: 'end' }
  | { kind: 'wait'; delayMs: number; reason: string }
  | {
      kind: 'step';
      adapter: PlatformAdapter;
      ticket: Ticket;
      step: Step;
      position: number;
      externalIds: ExternalIds;
      /** Search the platform before anything is sent. */
      lookFirst: boolean;
      /** Another deployment made the object so recently that a search may not show it yet. */
      madeLately: boolean;
    };

/** A search may miss what is younger than this. */
const visibleAfterMs = 60_000;
const siblingPauseMs = 5_000;

const inFlight = (state: string): boolean => state === 'intended' || state === 'ambiguous';

/**
 * Records the intent to do the next step, so that it is known after a crash, or ends the deployment when there is none.
 * Only one deployment at a time is on an object: two of one campaign would both find it missing and both make it.
 */
export async function beginStep(
  unit: Unit,
  ports: TraffickingPorts,
  deploymentId: string,
): Promise<Instruction> {
  const { tx, now } = unit;
  const found = await lockDeployment(tx, deploymentId);
  if (!found || !sendingStatuses.some((status) => status === found.status)) return { kind: 'end' };
  const refusal = await refusalOf(unit, ports, found);
  if (refusal !== null) {
    await unit.change(found, { status: 'failed', failure: refusal, nextAttemptAt: null }, refusal);
    return { kind: 'end' };
  }
  const steps = await stepRowsOf(tx, deploymentId);
  const next = steps.find((step) => step.state !== 'done');
  const row =
    found.status === 'deploying' && found.step === (next?.step ?? found.step)
      ? found
      : await unit.change(found, {
          status: 'deploying',
          step: next?.step ?? found.step,
          nextAttemptAt: null,
        });
  if (!next) {
    await finish(unit, ports, row);
    return { kind: 'end' };
  }
  const { adapter } = ports.platforms.find((platform) => platform.dsp === row.dsp)!;
  const step = adapter.steps(row.ticket).find((candidate) => candidate.name === next.step);
  if (!step) {
    const reason = `The adapter of ${adapter.info.name} has no step ${next.step} any more; send the creative again.`;
    await unit.change(row, { status: 'failed', failure: reason }, reason);
    return { kind: 'end' };
  }
  const siblings = await siblingsBefore(unit, row, next, step);
  const busy = siblings.some(
    (sibling) =>
      inFlight(sibling.state) &&
      (sendingStatuses.some((status) => status === sibling.status) || isRecent(sibling, now)),
  );
  if (busy) {
    const nextAttemptAt = new Date(now.getTime() + siblingPauseMs);
    await unit.change(row, { status: 'waiting', nextAttemptAt });
    return {
      kind: 'wait',
      delayMs: siblingPauseMs,
      reason: 'another deployment of the campaign is making this',
    };
  }
  const begunBefore = inFlight(next.state) || next.state === 'failed';
  await saveStep(tx, next, { state: 'intended' });
  return {
    kind: 'step',
    adapter,
    ticket: row.ticket,
    step,
    position: next.position,
    externalIds: row.externalIds,
    lookFirst: step.kind === 'create' && (begunBefore || step.shared || siblings.length > 0),
    madeLately: siblings.some((sibling) => sibling.state === 'done' && isRecent(sibling, now)),
  };
}

function isRecent(sibling: SiblingStep, now: Date): boolean {
  return now.getTime() - sibling.updatedAt.getTime() < visibleAfterMs;
}

/** Setting a state twice is the same as once: only what is made needs to be alone. */
async function siblingsBefore(
  { tx }: Unit,
  row: DeploymentRow,
  next: StepRow,
  step: Step,
): Promise<SiblingStep[]> {
  // Begun already: it has been alone since.
  if (step.kind !== 'create' || inFlight(next.state)) return [];
  await holdObject(tx, row, next);
  return siblingsOf(tx, row, next);
}

/** Why nothing may be sent any more, or null. What holds is what is true now, not when it was asked for. */
async function refusalOf({ tx }: Unit, ports: TraffickingPorts, row: DeploymentRow): Promise<string | null> {
  if (!ports.platforms.some((platform) => platform.dsp === row.dsp)) {
    return `This installation has no adapter for ${row.dsp} any more.`;
  }
  const creative = await ports.creativeForTrafficking(tx, row.creativeId);
  if (!creative) return 'The creative is gone.';
  if (creative.status !== 'active') return `The file of the creative is ${creative.status}.`;
  if (creative.approval !== 'approved' && creative.approval !== 'trafficked') {
    return `The creative is ${creative.approval.replace('_', ' ')} now; nothing unapproved is sent.`;
  }
  return null;
}
