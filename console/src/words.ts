import type {
  ApprovalAction,
  ApprovalState,
  Campaign,
  Creative,
  DeploymentStatus,
  GenerationJob,
  LineItem,
  QcFinding,
  QcPackResult,
} from '@cuepoint/contract';
import type { StatusWord } from './design/status-map.ts';

/** The word for a campaign: an active one is scheduled, live or ended by its dates. */
export function campaignWord(
  campaign: Pick<Campaign, 'status' | 'startAt' | 'endAt'>,
  now: number = Date.now(),
): StatusWord {
  switch (campaign.status) {
    case 'draft':
      return 'Draft';
    case 'paused':
      return 'Paused';
    case 'completed':
      return 'Completed';
    case 'archived':
      return 'Archived';
    case 'active':
      if (now < Date.parse(campaign.startAt)) return 'Scheduled';
      return now < Date.parse(campaign.endAt) ? 'Live' : 'Ended';
  }
}

/** The word for a flight: its dates, under the status of its line item and, above that, of its campaign. */
export function flightWord(
  campaign: Campaign['status'],
  lineItem: LineItem['status'],
  flight: { startAt: string; endAt: string },
  now: number = Date.now(),
): StatusWord {
  return campaignWord({ status: campaign === 'active' ? lineItem : campaign, ...flight }, now);
}

export const approvalWord: Record<ApprovalState, StatusWord> = {
  draft: 'Draft',
  submitted: 'In review',
  approved: 'Approved',
  rejected: 'Rejected',
  changes_requested: 'Changes requested',
  trafficked: 'Deployed',
};

export const approvalActionWords: Record<ApprovalAction, string> = {
  submit: 'Submit for review',
  approve: 'Approve',
  reject: 'Reject',
  request_changes: 'Send back',
  withdraw: 'Withdraw',
};

export const fileWord: Record<Creative['status'], StatusWord> = {
  processing: 'Processing',
  active: 'Ready',
  inactive: 'Inactive',
  failed: 'Failed',
};

export const deploymentWord: Record<DeploymentStatus, StatusWord> = {
  queued: 'Queued',
  deploying: 'Deploying',
  waiting: 'Waiting',
  in_review: 'In review',
  approved: 'Approved',
  rejected: 'Rejected',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const generationWord: Record<GenerationJob['status'], StatusWord> = {
  queued: 'Queued',
  generating: 'Processing',
  assembling: 'Processing',
  measuring: 'Processing',
  completed: 'Succeeded',
  failed: 'Failed',
};

export const findingWord: Record<QcFinding['status'], StatusWord> = {
  passed: 'Passed',
  warn: 'Warning',
  block: 'Blocked',
  not_measured: 'Not assessed',
};

export const verdictWord: Record<QcPackResult['verdict'], StatusWord> = {
  pass: 'Passed',
  warn: 'Warning',
  block: 'QC fail',
};

/** What a player reports. */
export const deliveryEventWord: Readonly<Record<string, string>> = {
  impression: 'Impression',
  start: 'Start',
  firstQuartile: 'First quartile',
  midpoint: 'Midpoint',
  thirdQuartile: 'Third quartile',
  complete: 'Complete',
  mute: 'Mute',
  unmute: 'Unmute',
  pause: 'Pause',
  resume: 'Resume',
  skip: 'Skip',
  error: 'Error',
  click: 'Click',
};

/** Why an event is held to come from no viewer. */
export const invalidTrafficWord: Readonly<Record<string, string>> = {
  prefetch: 'Fetched ahead of time',
  robot: 'Known robot or tool',
  unknown_agent: 'No agent, or one that names no product',
  data_center: 'Address of a data centre',
  excessive_rate: 'Too many from one address and agent',
  impossible_order: 'Progress of an ad that never began',
  impossible_speed: 'Sooner than the ad can have played',
};
