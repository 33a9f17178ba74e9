import type { AnyOperation, CallOptions, InputOf, OutputOf } from '@cuepoint/contract';
import {
  keepPreviousData,
  QueryClient,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { ApiError, call } from './call.ts';

export { ApiError, call };

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Only what may heal by itself: a refused request stays refused.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
      refetchOnWindowFocus: true,
    },
  },
});

/** Key of a read: its module first, so that a live event can invalidate all reads of a module. */
export function keyOf(operation: AnyOperation, input: unknown): readonly unknown[] {
  return [operation.id.split('.')[0], operation.id, input];
}

export interface ReadOptions<Output = unknown> {
  enabled?: boolean;
  /** Keep showing the answer to the previous input until the next one is here. */
  keep?: boolean;
  /** Ask again after this many milliseconds: for what moves without an event, or while a line may be down. */
  everyMs?: number | false | ((output: Output | undefined) => number | false);
}

/** Reads by an operation of the contract and keeps the answer until an event or its age says otherwise. */
export function useRead<O extends AnyOperation>(
  operation: O,
  input: InputOf<O>,
  options: ReadOptions<OutputOf<O>> = {},
) {
  const { everyMs = false } = options;
  const result: UseQueryResult<OutputOf<O>, ApiError> = useQuery<OutputOf<O>, ApiError>({
    queryKey: keyOf(operation, input),
    queryFn: ({ signal }) => call(operation, input, { signal }),
    enabled: options.enabled ?? true,
    refetchInterval: typeof everyMs === 'function' ? (query) => everyMs(query.state.data) : everyMs,
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
  });
  return result;
}

/**
 * Changes by an operation of the contract. Every read of the modules it can
 * touch is asked again: the server, not the screen, knows what followed.
 */
export function useChange<O extends AnyOperation>(operation: O, onDone?: (output: OutputOf<O>) => void) {
  const client = useQueryClient();
  return useMutation<OutputOf<O>, ApiError, { input: InputOf<O>; options?: CallOptions }>({
    mutationFn: ({ input, options }) => call(operation, input, options ?? {}),
    onSuccess: (output) => {
      void client.invalidateQueries({ refetchType: 'active' });
      onDone?.(output);
    },
  });
}
