import type { CreateBody } from './create-body.ts';

export type GenerationState = 'queued' | 'dreaming' | 'completed' | 'failed';

/** One generation as the stand-in keeps it. */
export interface Generation {
  id: string;
  body: CreateBody;
  /** As sent, shown back under `request`. */
  request: Record<string, unknown>;
  state: GenerationState;
  failureReason: string | null;
  createdAt: string;
  /** Virtual. */
  queuedAtMs: number;
  chargedCents: number;
  rendered: boolean;
  /** Why rendering failed, if it did; becomes the failure reason. */
  renderError: string | null;
}

/**
 * The state a generation has reached by `nowMs` (virtual): queued, dreaming once its turn came, then completed when the
 * picture is there, or failed.
 */
export function stateAt(
  generation: Generation,
  nowMs: number,
  limits: { queueMs: number; dreamMs: number; failWord: string },
): { state: GenerationState; failureReason: string | null } {
  const age = nowMs - generation.queuedAtMs;
  if (generation.state === 'completed' || generation.state === 'failed') {
    return { state: generation.state, failureReason: generation.failureReason };
  }
  if (age < limits.queueMs) return { state: 'queued', failureReason: null };
  if (generation.renderError !== null) return { state: 'failed', failureReason: generation.renderError };
  if (age < limits.queueMs + limits.dreamMs) return { state: 'dreaming', failureReason: null };
  if (generation.body.prompt.includes(limits.failWord)) {
    return { state: 'failed', failureReason: 'the generation did not pass the output check' };
  }
  return { state: generation.rendered ? 'completed' : 'dreaming', failureReason: null };
}
