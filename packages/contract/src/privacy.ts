import { z } from 'zod';
import { Instant } from './common.ts';
import { ViewerErasureId } from './ids.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';

/** Ids of a viewer that can be named. What a household is known by changes every day and leads back to nobody. */
export const VIEWER_ID_KINDS = ['ifa', 'supplied', 'session'] as const;

export const ERASURE_PLACES = ['database', 'node_memory', 'archive', 'node_logs', 'backups'] as const;
export const ERASURE_STATES = ['pending', 'expiring', 'complete'] as const;

const ErasurePlace = z.object({
  place: z.enum(ERASURE_PLACES),
  /**
   * `pending`: still to be done. `erased`: done. `expiring`: not changed, shown to nobody, and gone by `goneBy`.
   * `holds_none`: nothing of a viewer is ever kept there.
   */
  state: z.enum(['pending', 'erased', 'expiring', 'holds_none']),
  /** What was forgotten, or would be: counters of frequency caps and sessions, archived records. Null where nobody counts. */
  records: z.int().nullable(),
  at: Instant.nullable(),
  /** Why it is still pending; null when nothing is in its way. */
  problem: z.string().nullable(),
});

/** A request of a viewer to be forgotten. It holds no id, and no hash of one once it is complete. */
export const ViewerErasure = z.object({
  id: ViewerErasureId,
  kind: z.enum(VIEWER_ID_KINDS),
  /** The caller's own number of the request. */
  reference: z.string(),
  requestedBy: z.string(),
  /** What was recorded before is erased; what comes later is new. */
  requestedAt: Instant,
  /** `expiring`: erased everywhere but in the logs, which forget it by themselves. */
  state: z.enum(ERASURE_STATES),
  places: z.array(ErasurePlace),
  /** When the last trace is gone at the latest, as long as what the nodes log is counted. */
  goneBy: Instant,
  /** When the last trace was seen to be gone. */
  goneAt: Instant.nullable(),
});
export type ViewerErasure = z.infer<typeof ViewerErasure>;

export const eraseViewer = defineOperation({
  id: 'privacy.eraseViewer',
  summary: 'Forgets a viewer: a request for erasure of personal data',
  description:
    'Takes the id of a viewer as requests of the player carry it. Only its keyed hash is kept, until the last trace is gone. Frequency caps and viewing sessions of the nodes are forgotten, archived records lose the viewer, and what the logs still hold is shown to nobody and expires. Counts and spend do not change. With dryRun it says what would be erased.',
  effect: 'create',
  permission: 'privacy:administer',
  dryRun: true,
  input: z.strictObject({
    kind: z.enum(VIEWER_ID_KINDS).meta({
      description:
        'ifa (advertising id of the device), supplied (the id that the publisher sends as uid) or session (sid)',
    }),
    viewer: z
      .string()
      .min(1)
      .max(256)
      .meta({ description: 'the id itself; it is neither stored nor logged' }),
    reference: z
      .string()
      .trim()
      .max(120)
      .default('')
      .meta({ description: 'your own number of the request, for the audit trail; never the id' }),
  }),
  output: ViewerErasure,
  errors: ['viewer_erasure.invalid'],
  rest: { method: 'POST', path: '/v1/privacy/erasures' },
  cli: { command: 'privacy erase' },
});

export const listErasures = defineOperation({
  id: 'privacy.listErasures',
  summary: 'Requests for erasure, newest first',
  effect: 'read',
  permission: 'privacy:administer',
  input: z.strictObject({ ...pageInput }),
  output: pageOf(ViewerErasure),
  errors: [],
  rest: { method: 'GET', path: '/v1/privacy/erasures' },
  cli: { command: 'privacy list' },
});

export const getErasure = defineOperation({
  id: 'privacy.getErasure',
  summary: 'How far a request for erasure is, place by place',
  effect: 'read',
  permission: 'privacy:administer',
  input: z.strictObject({ erasureId: ViewerErasureId }),
  output: ViewerErasure,
  errors: ['viewer_erasure.not_found'],
  rest: { method: 'GET', path: '/v1/privacy/erasures/:erasureId' },
  cli: { command: 'privacy show', positional: ['erasureId'] },
});

export const privacyOperations = [eraseViewer, listErasures, getErasure] as const;
