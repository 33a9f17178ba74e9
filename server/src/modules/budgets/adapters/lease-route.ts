import type { FastifyInstance } from 'fastify';
import { LeaseCall, PLANE_PATHS } from '../../../kernel/delivery-protocol.ts';
import { traced } from '../../../kernel/tracing.ts';
import { planeDoor } from '../../../platform/plane-door.ts';
import type { LeaseBank } from '../bank.ts';

/** Ten thousand line items of three pots each, and room. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Serves the bank of budgets to delivery nodes (docs/protocols/delivery.md, section 4).
 * @param planeKey shared between the planes
 */
export function registerLeaseRoute(app: FastifyInstance, bank: LeaseBank, planeKey: string): void {
  const door = planeDoor(planeKey, PLANE_PATHS.leases);
  app.post(PLANE_PATHS.leases, { bodyLimit: MOST_BYTES }, async (request, reply) => {
    if (!door.lets(request, reply)) return reply;
    const parsed = LeaseCall.safeParse(request.body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      return door.refuse(
        request,
        reply,
        'input.invalid',
        `${issue.path.join('.') || 'body'}: ${issue.message}.`,
      );
    }
    try {
      const { traceparent } = request.headers;
      const attributes = { node: parsed.data.nodeId, operation: parsed.data.kind, pots: potsIn(parsed.data) };
      const answer = await traced(
        'lease.grant',
        attributes,
        () => answerLeaseCall(bank, parsed.data),
        typeof traceparent === 'string' ? traceparent : undefined,
      );
      return reply.send(answer);
    } catch (error) {
      if (parsed.data.kind !== 'retire' || !(error instanceof RangeError)) throw error;
      return door.refuse(request, reply, 'node.not_retirable', `${error.message}.`);
    }
  });
}

const potsIn = (call: LeaseCall): number =>
  call.kind === 'request' ? call.asks.length : call.kind === 'return' ? call.returns.length : 0;

/** What the bank says to a node's question. */
export function answerLeaseCall(bank: LeaseBank, call: LeaseCall): Promise<object> {
  switch (call.kind) {
    case 'statement':
      return bank.statement(call.nodeId);
    case 'open':
      return bank.open(call);
    case 'request':
      return bank.request(call);
    case 'return':
      return bank.giveBack(call);
    case 'retire':
      return bank.retire(call.nodeId);
  }
}
