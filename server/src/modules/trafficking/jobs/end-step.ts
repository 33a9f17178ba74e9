import { decideRetry, defaultRetryLimits } from '../../../kernel/retry-policy.ts';
import type { DeploymentRow, StepRow } from '../deployment-rows.ts';
import { addAttempts, lockDeployment, saveStep, stepRowsOf } from '../deployment-rows.ts';
import type { AttemptRecord, ReconcileResult, StepResult, Traced } from '../ports.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';
import type { Instruction } from './begin-step.ts';
import type { Unit } from './unit.ts';

type Doing = Extract<Instruction, { kind: 'step' }>;

export type Follow = { kind: 'next' | 'send' | 'end' } | { kind: 'wait'; delayMs: number; reason: string };

/** Writes down what a sent step came to. */
export function endSent(
  unit: Unit,
  ports: TraffickingPorts,
  deploymentId: string,
  doing: Doing,
  sent: Traced<StepResult>,
): Promise<Follow> {
  return write(unit, ports, deploymentId, doing, sent, async (writer) => {
    const { result } = sent;
    switch (result.outcome) {
      case 'ok':
        return writer.done(result.externalId);
      case 'permanent':
        return writer.fail(`${result.reason} (${result.code})`);
      case 'retry':
        return writer.again('retry', 'planned', result.reason, result.retryAfterMs);
      case 'ambiguous':
        return writer.again('ambiguous', 'ambiguous', result.reason, result.retryAfterMs);
    }
  });
}

/** Writes down what a search at the platform came to. */
export function endSearch(
  unit: Unit,
  ports: TraffickingPorts,
  deploymentId: string,
  doing: Doing,
  search: Traced<ReconcileResult>,
): Promise<Follow> {
  return write(unit, ports, deploymentId, doing, namingDuplicates(search), async (writer) => {
    const { result } = search;
    switch (result.outcome) {
      case 'found':
        return writer.done(result.externalId);
      case 'not_found':
        return doing.madeLately
          ? writer.again('retry', 'intended', 'another deployment has just made it and it does not show yet')
          : writer.send();
      case 'permanent':
        return writer.fail(`${result.reason} (${result.code})`);
      case 'retry':
        // Nothing may be sent before a search has succeeded, so the intent stays.
        return writer.again('retry', 'intended', result.reason, result.retryAfterMs);
    }
  });
}

/** More than one object of our key is for a person to see: nothing is removed at a platform. */
function namingDuplicates(search: Traced<ReconcileResult>): Traced<ReconcileResult> {
  const { result, attempts } = search;
  const last = attempts.at(-1);
  if (result.outcome !== 'found' || result.duplicates.length === 0 || !last) return search;
  const detail = `${last.detail}; also there, look at the platform: ${result.duplicates.join(', ')}`;
  return { ...search, attempts: [...attempts.slice(0, -1), { ...last, detail }] };
}

interface Writer {
  done(externalId: string): Promise<Follow>;
  send(): Promise<Follow>;
  again(
    outcome: 'retry' | 'ambiguous',
    state: 'planned' | 'intended' | 'ambiguous',
    reason: string,
    retryAfterMs?: number,
  ): Promise<Follow>;
  fail(reason: string): Promise<Follow>;
}

async function write(
  unit: Unit,
  ports: TraffickingPorts,
  deploymentId: string,
  { step, position }: Doing,
  traced: { attempts: AttemptRecord[]; simulated: boolean },
  decide: (writer: Writer) => Promise<Follow>,
): Promise<Follow> {
  const { tx, now } = unit;
  const row = await lockDeployment(tx, deploymentId);
  // Removed meanwhile (demo data): there is nothing to write it to.
  if (!row) return { kind: 'end' };
  const stepRow: StepRow = (await stepRowsOf(tx, deploymentId))[position]!;
  const simulated = row.simulated || traced.simulated;
  /** Cancelled while the request was out: what it came to is kept, and nothing follows. */
  const stopped = row.status !== 'deploying';

  async function save(changes: Parameters<Unit['change']>[1], reason: string): Promise<DeploymentRow> {
    const nextAttemptAt = stopped ? null : (changes.nextAttemptAt ?? null);
    const attemptCount = await addAttempts(tx, ports.ids, row!, traced.attempts, nextAttemptAt);
    const { status, failure, ...kept } = changes;
    const state = stopped ? {} : { ...(status ? { status } : {}), ...(failure ? { failure } : {}) };
    return unit.change(row!, { ...kept, ...state, nextAttemptAt, simulated, attemptCount }, reason);
  }
  const follow = (wanted: Follow): Follow => (stopped ? { kind: 'end' } : wanted);

  async function fail(reason: string): Promise<Follow> {
    const failure = `${step.title}: ${reason}`;
    await saveStep(tx, stepRow, { state: 'failed' });
    await save({ status: 'failed', failure, nextAttemptAt: null }, failure);
    return { kind: 'end' };
  }

  return decide({
    async done(externalId) {
      await saveStep(tx, stepRow, { state: 'done', externalId, tries: 0 });
      const made =
        step.kind === 'create' ? { externalIds: { ...row.externalIds, [step.name]: externalId } } : {};
      await save(made, `${step.title}: done`);
      return follow({ kind: 'next' });
    },
    async send() {
      await save({}, '');
      return follow({ kind: 'send' });
    },
    async again(outcome, state, reason, retryAfterMs) {
      const tries = stepRow.tries + 1;
      const limits = { ...defaultRetryLimits, ...ports.retryLimits };
      const decision = decideRetry({ outcome, tries, retryAfterMs, random: ports.random() }, limits);
      if (decision.kind === 'give_up') {
        await saveStep(tx, stepRow, { tries });
        return fail(`gave up after ${tries} tries; the last said: ${reason}`);
      }
      await saveStep(tx, stepRow, { state, tries });
      const nextAttemptAt = new Date(now.getTime() + decision.delayMs);
      await save({ status: 'waiting', nextAttemptAt }, `${step.title}: ${reason}`);
      return follow({ kind: 'wait', delayMs: decision.delayMs, reason });
    },
    fail,
  });
}
