import { z } from 'zod';
import { stored } from './common.ts';
import { AppId, PlacementId, PublisherId } from './ids.ts';
import { appFields, PlacementRules, placementFields, publisherFields } from './inventory-fields.ts';
import { Currency, Micros } from './money.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';

export const Publisher = z.object({
  id: PublisherId,
  name: z.string(),
  /** Public; finds the default placement of the account in tags. */
  publisherKey: z.string(),
  domain: z.string().nullable(),
  placementCount: z.int(),
  archived: z.boolean(),
  demo: z.boolean(),
  ...stored,
});
export type Publisher = z.infer<typeof Publisher>;

/** An app, a site or a linear channel: what placements lie in. */
export const App = z.object({
  id: AppId,
  publisherId: PublisherId,
  publisherName: z.string(),
  kind: z.enum(['app', 'site', 'channel']),
  name: z.string(),
  bundle: z.string().nullable(),
  domain: z.string().nullable(),
  storeUrl: z.string().nullable(),
  storeId: z.string().nullable(),
  network: z.string().nullable(),
  channelName: z.string().nullable(),
  categories: z.array(z.string()),
  archived: z.boolean(),
  demo: z.boolean(),
  ...stored,
});
export type App = z.infer<typeof App>;

export const Placement = z.object({
  id: PlacementId,
  publisherId: PublisherId,
  publisherName: z.string(),
  appId: AppId.nullable(),
  appName: z.string().nullable(),
  /** Public; goes into tags. */
  key: z.string(),
  name: z.string(),
  ...PlacementRules,
  floorCpmMicros: Micros,
  floorCurrency: Currency,
  minCpmPerSecondMicros: Micros,
  /** Ready for a player; what stands in brackets the player fills. */
  tags: z.object({ vast: z.string(), vmap: z.string(), pod: z.string(), assetList: z.string() }),
  archived: z.boolean(),
  demo: z.boolean(),
  ...stored,
});
export type Placement = z.infer<typeof Placement>;

const listInput = {
  ...pageInput,
  search: z.string().max(120).optional().meta({ description: 'part of the name' }),
  archived: z.boolean().default(false).meta({ description: 'the archived ones instead' }),
};

export const listPublishers = defineOperation({
  id: 'inventory.listPublishers',
  summary: 'Publishers whose inventory this account sells',
  effect: 'read',
  permission: 'inventory:read',
  input: z.strictObject(listInput),
  output: pageOf(Publisher),
  errors: [],
  rest: { method: 'GET', path: '/v1/publishers' },
  cli: { command: 'publishers list' },
});
export const createPublisher = defineOperation({
  id: 'inventory.createPublisher',
  summary: 'Add a publisher; its public key is generated',
  effect: 'create',
  permission: 'inventory:write',
  dryRun: true,
  input: z.strictObject({
    ...publisherFields,
    domain: publisherFields.domain.default(null),
  }),
  output: Publisher,
  errors: [],
  rest: { method: 'POST', path: '/v1/publishers' },
  cli: { command: 'publishers create', positional: ['name'] },
});
export const updatePublisher = defineOperation({
  id: 'inventory.updatePublisher',
  summary: 'Change a publisher; what is left out stays',
  effect: 'update',
  permission: 'inventory:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    publisherId: PublisherId,
    name: publisherFields.name.optional(),
    domain: publisherFields.domain.optional(),
  }),
  output: Publisher,
  errors: ['publisher.not_found'],
  rest: { method: 'PATCH', path: '/v1/publishers/:publisherId' },
  cli: { command: 'publishers update', positional: ['publisherId'] },
});
export const archivePublisher = defineOperation({
  id: 'inventory.archivePublisher',
  summary: 'Archive a publisher with its apps and placements; their tags answer no ads any more',
  effect: 'delete',
  permission: 'inventory:write',
  dryRun: true,
  input: z.strictObject({ publisherId: PublisherId }),
  output: Publisher,
  errors: ['publisher.not_found', 'placement.is_default'],
  rest: { method: 'DELETE', path: '/v1/publishers/:publisherId' },
  cli: { command: 'publishers archive', positional: ['publisherId'] },
});

export const listApps = defineOperation({
  id: 'inventory.listApps',
  summary: 'Apps, sites and channels of the publishers',
  effect: 'read',
  permission: 'inventory:read',
  input: z.strictObject({ ...listInput, publisherId: PublisherId.optional() }),
  output: pageOf(App),
  errors: [],
  rest: { method: 'GET', path: '/v1/apps' },
  cli: { command: 'apps list' },
});
export const createApp = defineOperation({
  id: 'inventory.createApp',
  summary: 'Add an app, a site or a channel to a publisher',
  effect: 'create',
  permission: 'inventory:write',
  dryRun: true,
  input: z.strictObject({
    publisherId: PublisherId,
    ...appFields,
    bundle: appFields.bundle.default(null),
    domain: appFields.domain.default(null),
    storeUrl: appFields.storeUrl.default(null),
    storeId: appFields.storeId.default(null),
    network: appFields.network.default(null),
    channelName: appFields.channelName.default(null),
    categories: appFields.categories.default([]),
  }),
  output: App,
  errors: ['publisher.not_found'],
  rest: { method: 'POST', path: '/v1/apps' },
  cli: { command: 'apps create', positional: ['publisherId', 'name'] },
});
export const updateApp = defineOperation({
  id: 'inventory.updateApp',
  summary: 'Change an app, a site or a channel; what is left out stays',
  effect: 'update',
  permission: 'inventory:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    appId: AppId,
    name: appFields.name.optional(),
    kind: appFields.kind.optional(),
    bundle: appFields.bundle.optional(),
    domain: appFields.domain.optional(),
    storeUrl: appFields.storeUrl.optional(),
    storeId: appFields.storeId.optional(),
    network: appFields.network.optional(),
    channelName: appFields.channelName.optional(),
    categories: appFields.categories.optional(),
  }),
  output: App,
  errors: ['app.not_found'],
  rest: { method: 'PATCH', path: '/v1/apps/:appId' },
  cli: { command: 'apps update', positional: ['appId'] },
});
export const archiveApp = defineOperation({
  id: 'inventory.archiveApp',
  summary: 'Archive an app; one that placements still lie in is refused',
  effect: 'delete',
  permission: 'inventory:write',
  dryRun: true,
  input: z.strictObject({ appId: AppId }),
  output: App,
  errors: ['app.not_found', 'app.in_use'],
  rest: { method: 'DELETE', path: '/v1/apps/:appId' },
  cli: { command: 'apps archive', positional: ['appId'] },
});

export const listPlacements = defineOperation({
  id: 'inventory.listPlacements',
  summary: 'Placements with their rules and ready-made tags',
  effect: 'read',
  permission: 'inventory:read',
  input: z.strictObject({
    ...listInput,
    publisherId: PublisherId.optional(),
    appId: AppId.optional(),
    position: z.array(placementFields.position).optional(),
    status: placementFields.status.optional(),
  }),
  output: pageOf(Placement),
  errors: [],
  rest: { method: 'GET', path: '/v1/placements' },
  cli: { command: 'placements list' },
  mcp: {
    tool: 'list_placements',
    guidance: 'Call to find a placement, its key and the tag addresses a player asks.',
  },
});
export const getPlacement = defineOperation({
  id: 'inventory.getPlacement',
  summary: 'One placement with its rules and ready-made tags',
  effect: 'read',
  permission: 'inventory:read',
  input: z.strictObject({ placementId: PlacementId }),
  output: Placement,
  errors: ['placement.not_found'],
  rest: { method: 'GET', path: '/v1/placements/:placementId' },
  cli: { command: 'placements show', positional: ['placementId'] },
});

const { name, position, isDefault, status, pod, clearance, ...rules } = placementFields;
const placementErrors = ['placement.invalid', 'placement.host_taken', 'app.not_found'] as const;

export const createPlacement = defineOperation({
  id: 'inventory.createPlacement',
  summary: 'Add a placement to a publisher; its key is generated',
  effect: 'create',
  permission: 'inventory:write',
  dryRun: true,
  input: z.strictObject({
    publisherId: PublisherId,
    appId: AppId.nullable().default(null),
    name,
    position: position.default('standalone'),
    isDefault: isDefault.default(false),
    status: status.default('active'),
    minDurationMs: rules.minDurationMs.default(1),
    maxDurationMs: rules.maxDurationMs.default(120_000),
    exactDurationsMs: rules.exactDurationsMs.default([]),
    formats: rules.formats.default(['linear_video']),
    hosts: rules.hosts.default([]),
    pod: pod.default(null),
    floorCpmMicros: rules.floorCpmMicros.default(0),
    floorCurrency: rules.floorCurrency.default('USD'),
    durationFloors: rules.durationFloors.default([]),
    minCpmPerSecondMicros: rules.minCpmPerSecondMicros.default(0),
    allowedCategories: rules.allowedCategories.default([]),
    blockedCategories: rules.blockedCategories.default([]),
    blockedDomains: rules.blockedDomains.default([]),
    blockedBrands: rules.blockedBrands.default([]),
    blockedMedia: rules.blockedMedia.default([]),
    separationScope: rules.separationScope.default('pod'),
    mimes: rules.mimes.default([]),
    codecs: rules.codecs.default([]),
    minBitrateKbps: rules.minBitrateKbps.default(0),
    maxBitrateKbps: rules.maxBitrateKbps.default(100_000),
    clearance: clearance.default(null),
  }),
  output: Placement,
  errors: ['publisher.not_found', ...placementErrors],
  rest: { method: 'POST', path: '/v1/placements' },
  cli: { command: 'placements create', positional: ['publisherId', 'name'] },
});

export const updatePlacement = defineOperation({
  id: 'inventory.updatePlacement',
  summary: 'Change a placement; what is left out stays; serving follows at once',
  effect: 'update',
  permission: 'inventory:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    placementId: PlacementId,
    appId: AppId.nullable().optional(),
    name: name.optional(),
    position: position.optional(),
    isDefault: isDefault.optional(),
    status: status.optional(),
    minDurationMs: rules.minDurationMs.optional(),
    maxDurationMs: rules.maxDurationMs.optional(),
    exactDurationsMs: rules.exactDurationsMs.optional(),
    formats: rules.formats.optional(),
    hosts: rules.hosts.optional(),
    pod: pod.optional(),
    floorCpmMicros: rules.floorCpmMicros.optional(),
    floorCurrency: rules.floorCurrency.optional(),
    durationFloors: rules.durationFloors.optional(),
    minCpmPerSecondMicros: rules.minCpmPerSecondMicros.optional(),
    allowedCategories: rules.allowedCategories.optional(),
    blockedCategories: rules.blockedCategories.optional(),
    blockedDomains: rules.blockedDomains.optional(),
    blockedBrands: rules.blockedBrands.optional(),
    blockedMedia: rules.blockedMedia.optional(),
    separationScope: rules.separationScope.optional(),
    mimes: rules.mimes.optional(),
    codecs: rules.codecs.optional(),
    minBitrateKbps: rules.minBitrateKbps.optional(),
    maxBitrateKbps: rules.maxBitrateKbps.optional(),
    clearance: clearance.optional(),
  }),
  output: Placement,
  errors: ['placement.not_found', ...placementErrors, 'placement.is_default'],
  rest: { method: 'PATCH', path: '/v1/placements/:placementId' },
  cli: { command: 'placements update', positional: ['placementId'] },
});

export const archivePlacement = defineOperation({
  id: 'inventory.archivePlacement',
  summary: 'Archive a placement; its tags answer no ads any more',
  effect: 'delete',
  permission: 'inventory:write',
  dryRun: true,
  input: z.strictObject({ placementId: PlacementId }),
  output: Placement,
  errors: ['placement.not_found', 'placement.is_default'],
  rest: { method: 'DELETE', path: '/v1/placements/:placementId' },
  cli: { command: 'placements archive', positional: ['placementId'] },
});

export const inventoryOperations = [
  listPublishers,
  createPublisher,
  updatePublisher,
  archivePublisher,
  listApps,
  createApp,
  updateApp,
  archiveApp,
  listPlacements,
  getPlacement,
  createPlacement,
  updatePlacement,
  archivePlacement,
] as const;
