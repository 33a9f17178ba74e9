import { z } from 'zod';

/** Every kind of id and its prefix. An id is `prefix_` and 20 characters of Crockford base32, sortable by time. */
export const idPrefixes = {
  account: 'acc',
  user: 'usr',
  apiKey: 'key',
  session: 'ses',
  market: 'mkt',
  brand: 'brd',
  channel: 'chn',
  campaign: 'cmp',
  lineItem: 'li',
  flight: 'flt',
  asset: 'ast',
  creative: 'crv',
  approvalEvent: 'apr',
  generationJob: 'gen',
  deployment: 'dep',
  attempt: 'att',
  publisher: 'pub',
  app: 'app',
  placement: 'plc',
  supplyPath: 'spp',
  specPack: 'pck',
  audit: 'aud',
  job: 'job',
  backup: 'bak',
  billingEntry: 'bil',
  viewerErasure: 'era',
  reportView: 'rvw',
  reportSchedule: 'rsc',
  reportRun: 'rrn',
} as const;

export type IdKind = keyof typeof idPrefixes;

function idOf(kind: IdKind) {
  const prefix = idPrefixes[kind];
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}_[0-9a-z]{8,32}$`),
      `expected a ${kind} id such as ${prefix}_01jcx9w2b8k3m5n7p9q1`,
    )
    .meta({ description: `${kind} id, ${prefix}_…` });
}

export const AccountId = idOf('account');
export const UserId = idOf('user');
export const ApiKeyId = idOf('apiKey');
export const MarketId = idOf('market');
export const BrandId = idOf('brand');
export const ChannelId = idOf('channel');
export const CampaignId = idOf('campaign');
export const LineItemId = idOf('lineItem');
export const FlightId = idOf('flight');
export const AssetId = idOf('asset');
export const CreativeId = idOf('creative');
export const GenerationJobId = idOf('generationJob');
export const DeploymentId = idOf('deployment');
export const AttemptId = idOf('attempt');
export const PublisherId = idOf('publisher');
export const AppId = idOf('app');
export const BillingEntryId = idOf('billingEntry');
export const ViewerErasureId = idOf('viewerErasure');
export const ReportViewId = idOf('reportView');
export const ReportScheduleId = idOf('reportSchedule');
export const ReportRunId = idOf('reportRun');
export const PlacementId = idOf('placement');
export const SupplyPathId = idOf('supplyPath');
