import type { CallOptions } from '@cuepoint/contract';
import type { Ids } from '../../kernel/ids.ts';
import { type CallResult, callOptions, type Pipeline } from '../../kernel/pipeline.ts';
import type { Principal } from '../../kernel/principal.ts';

export interface LocalCaller {
  call(operationId: string, input: unknown, options?: CallOptions): Promise<CallResult>;
}

/** Calls operations inside this process: the command line without a server, the demo loader, tests. */
export function createLocalCaller(pipeline: Pipeline, ids: Ids, principal: Principal): LocalCaller {
  return {
    call: (operationId, input, options = {}) =>
      pipeline.call(operationId, input, {
        requestId: ids.request(),
        principal,
        skin: 'local',
        clientAddress: null,
        userAgent: null,
        ...callOptions(options),
      }),
  };
}
