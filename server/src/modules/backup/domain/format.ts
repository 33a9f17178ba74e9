import { z } from 'zod';
import { LogPosition } from '../../../kernel/delivery-protocol.ts';

/** Version of the file's layout. A reader takes this one and refuses later ones. */
export const FORMAT_VERSION = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

export const DumpedTable = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** In the order of a row's values, with their types as PostgreSQL writes them. */
  columns: z.array(z.object({ name: z.string().min(1), type: z.string().min(1) })).min(1),
});
export type DumpedTable = z.infer<typeof DumpedTable>;

export const KeyDerivation = z.object({
  name: z.literal('scrypt'),
  /** RFC 7914. Bounded, so that a strange file cannot ask for all memory of the machine. */
  cost: z
    .number()
    .int()
    .min(2)
    .max(1 << 20),
  blockSize: z.number().int().min(1).max(16),
  parallelization: z.number().int().min(1).max(8),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
});
export type KeyDerivation = z.infer<typeof KeyDerivation>;

/** What a frame says of itself; its bytes follow. Frames come in the order of this list. */
export const FrameMeta = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('backup'),
    id: z.string().regex(/^bak_[0-9a-z]{20}$/),
    createdAt: z.iso.datetime(),
    productVersion: z.string(),
    engine: z.enum(['embedded', 'postgres']),
  }),
  /** Bytes: the data directory's keys by AES-256-GCM, and the tag of 16 bytes behind them. */
  z.object({
    kind: z.literal('keys'),
    derivation: KeyDerivation,
    nonce: z.string().regex(/^[0-9a-f]{24}$/),
  }),
  z.object({
    kind: z.literal('database'),
    takenAt: z.iso.datetime(),
    migrations: z.array(z.object({ hash: sha256, when: count })).min(1),
    /** In the order in which rows can be loaded: who is referred to comes first. */
    tables: z.array(DumpedTable).min(1),
    /** Where counting of each node's log stood. */
    logPositions: z.record(z.string(), LogPosition),
  }),
  /** Bytes: deflated lines, each a JSON array of texts and nulls. */
  z.object({ kind: z.literal('rows'), table: z.string(), rows: count }),
  z.object({ kind: z.literal('table'), table: z.string(), rows: count, checksum: sha256 }),
  z.object({ kind: z.literal('database-end') }),
  z.object({
    kind: z.literal('object'),
    sha256,
    extension: z.string().regex(/^[a-z0-9]{2,5}$/),
    sizeBytes: count,
    /** Whether its content follows. */
    held: z.boolean(),
  }),
  z.object({ kind: z.literal('bytes') }),
  z.object({ kind: z.literal('objects-end'), objects: count, bytes: count }),
  /** SHA-256 of everything before this frame, and its HMAC by the passphrase. */
  z.object({ kind: z.literal('end'), sha256, mac: sha256 }),
]);
export type FrameMeta = z.infer<typeof FrameMeta>;
export type MetaOf<K extends FrameMeta['kind']> = Extract<FrameMeta, { kind: K }>;

export interface Frame {
  meta: FrameMeta;
  body: Uint8Array;
}
