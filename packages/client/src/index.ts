import {
  type AnyOperation,
  type CallOptions,
  type InputOf,
  type OutputOf,
  operations,
  Problem,
} from '@cuepoint/contract';

export interface ClientOptions {
  /** Origin of the server, e.g. http://127.0.0.1:8787; empty for the page's own. */
  origin?: string;
  /** An API key; browsers use their session cookie instead. */
  token?: string;
  fetch?: typeof fetch;
}

/** A refusal or fault as the server told it. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

type Module<T extends AnyOperation = AnyOperation> = T['id'] extends `${infer M}.${string}` ? M : never;
type Verb<M extends string, T extends AnyOperation = AnyOperation> = T extends { id: `${M}.${infer V}` }
  ? V
  : never;
type ById<Id extends string> = Extract<AnyOperation, { id: Id }>;

/** In place of a file path, a browser hands over the file itself. */
type WithBlob<I> = {
  [K in keyof I]: I[K] extends { fileName: string; path: string } ? Blob & { name?: string } : I[K];
};

export type Client = {
  [M in Module]: {
    [V in Verb<M>]: (
      input: WithBlob<InputOf<ById<`${M}.${V}`>>>,
      options?: CallOptions & { signal?: AbortSignal },
    ) => Promise<OutputOf<ById<`${M}.${V}`>>>;
  };
};

/**
 * A typed caller of every operation that has a REST route.
 * @throws ProblemError when the server refuses; TypeError when it cannot be reached.
 */
export function createClient(options: ClientOptions = {}): Client {
  const client: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const [module, verb] = operation.id.split('.') as [string, string];
    client[module] ??= {};
    client[module][verb] = (input: Record<string, unknown>, call?: CallOptions & { signal?: AbortSignal }) =>
      send(operation, input, call ?? {}, options);
  }
  return client as Client;
}

/** Calls an operation by its id; for the command line, which reads the contract at run time. */
export async function callOperation(
  operation: AnyOperation,
  input: Record<string, unknown>,
  call: CallOptions & { signal?: AbortSignal },
  options: ClientOptions,
): Promise<unknown> {
  return send(operation, input, call, options);
}

async function send(
  operation: AnyOperation,
  input: Record<string, unknown>,
  call: CallOptions & { signal?: AbortSignal },
  options: ClientOptions,
): Promise<unknown> {
  const rest = operation.rest;
  if (!rest) throw new Error(`${operation.id} has no REST route`);
  const fields = { ...input };
  const path = rest.path.replace(/:([A-Za-z]+)/g, (_all, name: string) => {
    const value = fields[name];
    delete fields[name];
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  const headers: Record<string, string> = { 'X-Cuepoint-Client': '1', Accept: 'application/json' };
  let body: string | FormData | undefined;
  if (rest.method === 'GET' || rest.method === 'DELETE') {
    for (const [name, value] of Object.entries(fields)) {
      for (const entry of Array.isArray(value) ? value : [value]) {
        if (entry !== undefined && entry !== null) query.append(name, String(entry));
      }
    }
  } else if ('upload' in rest && rest.upload) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined || name === rest.upload) continue;
      form.append(name, String(value));
    }
    const file = fields[rest.upload] as Blob & { name?: string };
    form.append(rest.upload, file, file.name ?? 'upload.mp4');
    body = form;
  } else {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(fields);
  }
  if (options.token) headers.Authorization = `Bearer ${options.token}`;
  if (call.idempotencyKey) headers['Idempotency-Key'] = call.idempotencyKey;
  if (call.ifMatch !== undefined) headers['If-Match'] = `"${call.ifMatch}"`;
  if (call.dryRun) headers['Dry-Run'] = 'true';
  const search = query.size > 0 ? `?${query}` : '';
  const response = await (options.fetch ?? fetch)(`${options.origin ?? ''}/api${path}${search}`, {
    method: rest.method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body }),
    ...(call.signal ? { signal: call.signal } : {}),
  });
  const text = await response.text();
  const value: unknown = text === '' ? null : parseJson(text);
  if (response.ok) return value;
  const problem = Problem.safeParse(value);
  if (problem.success) throw new ProblemError(problem.data);
  throw new ProblemError({
    type: 'about:blank',
    title: 'Unexpected answer',
    status: response.status,
    detail: `The server answered ${response.status} without problem details.`,
    code: 'internal',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
