import type {
  AttemptRecord,
  PlatformAdapter,
  ReconcileResult,
  ReviewResult,
  Step,
  StepResult,
  Ticket,
  TicketProblem,
  Traced,
} from '../ports.ts';

type Behaviour<T> = (make: () => string) => T | Promise<T>;

/** A platform in memory: it keeps what is made, and does once per entry of a script what the script says. */
export interface FakePlatform extends PlatformAdapter {
  /** Every object ever made, by `step ourKey`. Two ids under one key are a duplicate. */
  made: Map<string, string[]>;
  /** `execute campaign`, `reconcile ad`, `review`, in order. */
  calls: string[];
  next: {
    execute(step: string, behaviour: Behaviour<StepResult>): void;
    reconcile(step: string, behaviour: Behaviour<ReconcileResult>): void;
    review(result: ReviewResult): void;
  };
  problems: TicketProblem[];
  clear(): void;
}

export function createFakePlatform(): FakePlatform {
  const made = new Map<string, string[]>();
  const calls: string[] = [];
  const executions = new Map<string, Behaviour<StepResult>[]>();
  const searches = new Map<string, Behaviour<ReconcileResult>[]>();
  const reviews: ReviewResult[] = [];
  const problems: TicketProblem[] = [];
  let count = 0;
  const keyOf = (step: Step) => `${step.name} ${step.ourKey}`;
  const make = (step: Step): string => {
    count += 1;
    const id = `x${count}`;
    made.set(keyOf(step), [...(made.get(keyOf(step)) ?? []), id]);
    return id;
  };
  const record = (
    step: string,
    kind: AttemptRecord['kind'],
    outcome: AttemptRecord['outcome'],
  ): AttemptRecord => ({
    step,
    kind,
    method: 'POST',
    url: `https://platform.example/${kind}/${step}`,
    request: { name: step, access_token: 'very-secret' },
    response: null,
    httpStatus: 200,
    outcome,
    detail: '',
    simulated: false,
    startedAt: '2026-11-21T09:00:00.000Z',
    durationMs: 1.5,
  });
  const traced = <T extends { outcome: string }>(
    step: string,
    kind: AttemptRecord['kind'],
    result: T,
  ): Traced<T> => {
    const known = ['ok', 'retry', 'ambiguous', 'permanent', 'found', 'not_found'];
    const outcome = (known.includes(result.outcome) ? result.outcome : 'ok') as AttemptRecord['outcome'];
    return { result, attempts: [record(step, kind, outcome)], simulated: false };
  };
  const steps = (ticket: Ticket): Step[] => {
    const step = (name: string, kind: Step['kind'], ourKey: string, shared: boolean): Step => ({
      name,
      kind,
      ourKey,
      shared,
      title: `${kind === 'create' ? 'Create' : 'Enable'} the ${name}`,
    });
    return [
      step('campaign', 'create', ticket.campaignId, true),
      step('ad', 'create', ticket.creativeId, false),
      step('enable_ad', 'update', ticket.creativeId, false),
    ];
  };
  return {
    info: {
      id: 'amazon',
      name: 'Fake',
      api: 'none',
      maintainer: 'nobody',
      authentication: 'oauth_refresh_token',
      inventories: ['streaming_tv', 'online_video'],
      limits: {},
      sources: [],
    },
    made,
    calls,
    problems,
    next: {
      execute: (step, behaviour) => void executions.set(step, [...(executions.get(step) ?? []), behaviour]),
      reconcile: (step, behaviour) => void searches.set(step, [...(searches.get(step) ?? []), behaviour]),
      review: (result) => void reviews.push(result),
    },
    clear() {
      count = 0;
      made.clear();
      calls.length = 0;
      executions.clear();
      searches.clear();
      reviews.length = 0;
      problems.length = 0;
    },
    check: () => [...problems],
    steps,
    plan: (ticket) =>
      steps(ticket).map((step) => ({ step: step.name, method: 'POST', path: `/${step.name}`, body: {} })),
    async execute(_ticket, step) {
      calls.push(`execute ${step.name}`);
      const scripted = executions.get(step.name)?.shift();
      const result: StepResult = scripted
        ? await scripted(() => make(step))
        : { outcome: 'ok', externalId: step.kind === 'create' ? make(step) : 'updated' };
      return traced(step.name, 'send', result);
    },
    async reconcile(_ticket, step) {
      calls.push(`reconcile ${step.name}`);
      const scripted = searches.get(step.name)?.shift();
      const [externalId, ...duplicates] = made.get(keyOf(step)) ?? [];
      const result: ReconcileResult = scripted
        ? await scripted(() => make(step))
        : externalId === undefined
          ? { outcome: 'not_found' }
          : { outcome: 'found', externalId, duplicates };
      return traced(step.name, 'reconcile', result);
    },
    async review() {
      calls.push('review');
      return traced(
        'review',
        'review',
        reviews.shift() ?? { outcome: 'approved', reasons: [], delivering: true },
      );
    },
  };
}
