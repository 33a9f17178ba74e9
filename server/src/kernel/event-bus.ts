/** Something that happened, for screens and caches. Never the only carrier of work: that is what jobs are for. */
export interface LiveEvent {
  type: string;
  accountId: string;
  entity: { kind: string; id: string };
}

export interface EventBus {
  publish(event: LiveEvent): void;
  subscribe(listener: (event: LiveEvent) => void): () => void;
}

export function createEventBus(onError: (error: unknown) => void): EventBus {
  const listeners = new Set<(event: LiveEvent) => void>();
  return {
    publish(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onError(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
