export { createQueue, type QueueOptions } from './queue.ts';
export { FailForGood, RetryLater, UnknownQueueError } from './signals.ts';
export type {
  DeadLetter,
  Job,
  JobData,
  Queue,
  QueueSettings,
  QueueStats,
  ScheduleOptions,
  SendOptions,
} from './types.ts';
