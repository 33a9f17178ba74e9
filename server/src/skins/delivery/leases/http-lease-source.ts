import { Agent, request as httpRequest } from 'node:http';
import type {
  LeaseAnswer,
  LeaseRequest,
  LeaseReturns,
  LeaseSource,
  NodeOpened,
  NodeOpening,
} from '@cuepoint/decisioning';
import type { z } from 'zod';
import {
  LEASE_POTS_AT_ONCE,
  type LeaseCall,
  LeaseGranted,
  LeaseOpened,
  LeaseReturned,
  LeaseStatement,
  PLANE_PATHS,
} from '../../../kernel/delivery-protocol.ts';
import { traced, traceHeaders } from '../../../kernel/tracing.ts';

/** Far less than a lease lasts: whoever does not answer by then is asked again. */
const TIMEOUT_MS = 5000;

export interface HttpLeaseSourceOptions {
  readonly controlOrigin: string;
  readonly planeKey: string;
}

/** The bank in the control plane (docs/protocols/delivery.md, section 4). Every call rejects when it does not answer. */
export class HttpLeaseSource implements LeaseSource {
  readonly #options: HttpLeaseSourceOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2 });
  #nodes = 1;
  #epoch = 0;

  constructor(options: HttpLeaseSourceOptions) {
    this.#options = options;
  }

  /** How many nodes share the budgets, as of the last answer. */
  get nodes(): number {
    return this.#nodes;
  }

  /** What was counted of this node. The life it names is the one that {@link epochOf} answers from here on. */
  async statement(nodeId: string): Promise<LeaseStatement> {
    const statement = await this.#call({ kind: 'statement', nodeId }, LeaseStatement);
    this.#epoch = statement.epoch;
    return statement;
  }

  async epochOf(): Promise<number> {
    return this.#epoch;
  }

  open(opening: NodeOpening): Promise<NodeOpened> {
    return this.#call({ kind: 'open', ...opening }, LeaseOpened);
  }

  async request({ asks, ...from }: LeaseRequest): Promise<LeaseAnswer> {
    const answers = [];
    for (let at = 0; at < asks.length; at += LEASE_POTS_AT_ONCE)
      answers.push(
        await this.#call(
          { kind: 'request', ...from, asks: asks.slice(at, at + LEASE_POTS_AT_ONCE) },
          LeaseGranted,
        ),
      );
    const last = answers.at(-1)!;
    this.#nodes = last.nodes;
    // A later life is what counts: grants of an earlier one are not listened to.
    return { ...last, grants: answers.flatMap(({ epoch, grants }) => (epoch === last.epoch ? grants : [])) };
  }

  async giveBack({ returns, ...from }: LeaseReturns): Promise<{ epoch: number }> {
    let epoch = from.epoch;
    for (let at = 0; at < returns.length; at += LEASE_POTS_AT_ONCE) {
      const part = returns.slice(at, at + LEASE_POTS_AT_ONCE);
      ({ epoch } = await this.#call({ kind: 'return', ...from, returns: part }, LeaseReturned));
    }
    return { epoch };
  }

  close(): void {
    this.#agent.destroy();
  }

  #call<T>(call: LeaseCall, schema: z.ZodType<T>): Promise<T> {
    return traced('lease.ask', { operation: call.kind, node: call.nodeId }, () => this.#send(call, schema));
  }

  #send<T>(call: LeaseCall, schema: z.ZodType<T>): Promise<T> {
    const body = JSON.stringify(call);
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        new URL(PLANE_PATHS.leases, this.#options.controlOrigin),
        {
          method: 'POST',
          agent: this.#agent,
          timeout: TIMEOUT_MS,
          headers: {
            Authorization: `Bearer ${this.#options.planeKey}`,
            'Content-Type': 'application/json',
            ...traceHeaders(),
            'Content-Length': Buffer.byteLength(body),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode !== 200)
              return reject(new Error(`the bank of budgets answered ${response.statusCode}`));
            try {
              resolve(schema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
            } catch (error) {
              reject(error);
            }
          });
        },
      );
      request.on('timeout', () => request.destroy(new Error('the bank of budgets did not answer in time')));
      request.on('error', reject);
      request.end(body);
    });
  }
}
