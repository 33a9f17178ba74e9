import { callOperation, ProblemError } from '@cuepoint/client';
import type { AnyOperation, CallOptions, InputOf, OutputOf, Problem } from '@cuepoint/contract';

/** A call that was refused or did not arrive. */
export class ApiError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly problem: Problem | undefined;
  constructor(status: number, problem: Problem | undefined, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }
}

/**
 * Calls an operation of the contract with the session of this browser.
 * @param send replaces fetch where the progress of an upload is wanted
 * @throws ApiError
 */
export async function call<O extends AnyOperation>(
  operation: O,
  input: InputOf<O> | { readonly [field: string]: unknown },
  options: CallOptions & { signal?: AbortSignal } = {},
  send?: typeof fetch,
): Promise<OutputOf<O>> {
  try {
    const output = await callOperation(operation, { ...input }, options, send ? { fetch: send } : {});
    return output as OutputOf<O>;
  } catch (error) {
    if (error instanceof ProblemError)
      throw new ApiError(error.problem.status, error.problem, error.message, error);
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, undefined, 'The server did not answer', error);
  }
}
