import { LogPage, LogPosition, NodeStatus, PLANE_PATHS } from '../../../kernel/delivery-protocol.ts';
import { type KeptLog, LogSourceError } from '../ports.ts';

export interface HttpLogSourceOptions {
  /** Origin of the node's internal port, such as `http://127.0.0.1:4702`. */
  origin: string;
  planeKey: string;
  /** When known; else the node is asked once. */
  nodeId?: string | undefined;
  /** How long a node may take to answer beyond `waitSeconds`, ms. Default 10 000. */
  timeLimitMs?: number | undefined;
}

/** Reads a node's log over `GET /internal/log` (docs/protocols/delivery.md, section 3). */
export function httpLogSource(options: HttpLogSourceOptions): KeptLog {
  const { origin, planeKey } = options;
  let nodeId = options.nodeId;

  async function ask(path: string, limitMs: number, signal?: AbortSignal): Promise<Response> {
    const timeLimit = AbortSignal.timeout(limitMs);
    try {
      return await fetch(new URL(path, origin), {
        headers: { authorization: `Bearer ${planeKey}`, accept: 'application/json' },
        redirect: 'error',
        signal: signal === undefined ? timeLimit : AbortSignal.any([signal, timeLimit]),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw away(error);
    }
  }

  function away(cause: unknown): LogSourceError {
    return new LogSourceError('unavailable', `the delivery node at ${origin} does not answer`, { cause });
  }

  async function get(path: string, limitMs: number, signal?: AbortSignal): Promise<unknown> {
    const response = await ask(path, limitMs, signal);
    if (response.ok)
      return response.json().catch((error: unknown) => {
        signal?.throwIfAborted();
        throw away(error);
      });
    const detail = await problemOf(response);
    if (response.status === 401) throw new LogSourceError('unauthorised', `${origin} refused the plane key`);
    if (response.status === 410 || response.status === 400)
      throw new LogSourceError('position_lost', `${origin} cannot read on from ${path}: ${detail}`);
    throw new LogSourceError('unavailable', `${origin} answered ${response.status}: ${detail}`);
  }

  return {
    async nodeId() {
      if (nodeId !== undefined) return nodeId;
      const status = NodeStatus.safeParse(await get(PLANE_PATHS.status, options.timeLimitMs ?? 10_000));
      if (!status.success)
        throw new LogSourceError(
          'protocol',
          `${origin}${PLANE_PATHS.status} answered what the protocol does not allow`,
        );
      nodeId = status.data.nodeId;
      return nodeId;
    },

    async first() {
      const path = `${PLANE_PATHS.log}?segment=1&offset=0&limit=1&wait=0`;
      const response = await ask(path, options.timeLimitMs ?? 10_000);
      // Its body is read in any case, so that the connection can be used again; what is no JSON names no position.
      const body: unknown = await response.json().catch(() => null);
      if (response.ok) return { segment: 1, offset: 0 };
      if (response.status === 410) {
        const first = LogPosition.safeParse((body as { first?: unknown } | null)?.first);
        if (first.success) return first.data;
        throw new LogSourceError('protocol', `${origin} does not say where its log begins`);
      }
      if (response.status === 401)
        throw new LogSourceError('unauthorised', `${origin} refused the plane key`);
      throw new LogSourceError('unavailable', `${origin} answered ${response.status} to ${path}`);
    },

    async read(from: LogPosition, { limit, waitSeconds, signal }) {
      const query = new URLSearchParams({
        segment: String(from.segment),
        offset: String(from.offset),
        limit: String(limit),
        wait: String(waitSeconds),
      });
      const limitMs = (options.timeLimitMs ?? 10_000) + waitSeconds * 1000;
      const page = LogPage.safeParse(await get(`${PLANE_PATHS.log}?${query}`, limitMs, signal));
      if (!page.success) {
        const issue = page.error.issues[0];
        throw new LogSourceError(
          'protocol',
          `${origin} sent a page the protocol does not allow from segment ${from.segment} offset ${from.offset}: ${issue?.path.join('.')} ${issue?.message}`,
        );
      }
      const expected = await this.nodeId();
      if (page.data.nodeId !== expected)
        throw new LogSourceError('protocol', `${origin} is node ${page.data.nodeId}, not ${expected}`);
      return page.data;
    },
  };
}

async function problemOf(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as { detail?: unknown };
    return typeof problem.detail === 'string' ? problem.detail : 'no detail';
  } catch {
    return 'no detail';
  }
}
