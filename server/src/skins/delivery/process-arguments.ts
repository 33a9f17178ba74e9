/**
 * How Node is to run the process of a delivery node. Every decision leaves a promise behind that lives for minutes among
 * much that is gone at once: with twice the default room for what is new, less is moved on that could have been dropped, and
 * a collection still takes well under a millisecond.
 */
export const DELIVERY_PROCESS_ARGUMENTS: readonly string[] = ['--max-semi-space-size=32'];
