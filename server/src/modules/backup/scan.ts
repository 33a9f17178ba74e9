import { createHash, type Hash } from 'node:crypto';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { cutError, damagedError } from './backup-error.ts';
import { openBackupFile } from './backup-file.ts';
import type { Frame, MetaOf } from './domain/format.ts';
import { TableChecksum } from './domain/table-checksum.ts';
import { checkSignature, type PassphraseKeys, unwrapKeys } from './wrapped-keys.ts';

const inflated = promisify(inflate);

/** What a sound backup holds. */
export interface BackupContents {
  backup: MetaOf<'backup'>;
  database: MetaOf<'database'>;
  tables: Array<{ name: string; rows: number }>;
  objects: { count: number; bytes: number; held: number };
  /** The data directory's keys. */
  keys: Buffer;
  sha256: string;
}

/** The rows of a frame, each as `readTable` gave it. */
export async function rowsOf(what: string, meta: MetaOf<'rows'>, body: Uint8Array): Promise<string[]> {
  const text = await inflated(body).catch(() => {
    throw damagedError(what, `rows of ${meta.table} cannot be unpacked`);
  });
  const rows = text.toString('utf8').split('\n');
  if (rows.length !== meta.rows)
    throw damagedError(what, `it says ${meta.rows} rows of ${meta.table} where ${rows.length} are`);
  return rows;
}

/**
 * Reads a backup from end to end and checks everything that can be checked without restoring it: every checksum, the
 * order of its parts, row counts, the content of the files it holds, and that it was made with this passphrase.
 * @throws BackupError naming the first thing that is wrong
 */
export async function scanBackup(path: string, passphrase: string): Promise<BackupContents> {
  const reader = await openBackupFile(path);
  try {
    const check = new Checker(path, passphrase);
    for await (const frame of reader.frames) await check.accept(frame, reader.digest);
    const contents = check.contents();
    if (contents === null) throw cutError(path, reader.position());
    return contents;
  } finally {
    await reader.close();
  }
}

class Checker {
  readonly #path: string;
  readonly #passphrase: string;
  #backup: MetaOf<'backup'> | null = null;
  #keys: { content: Buffer; keys: PassphraseKeys } | null = null;
  #database: MetaOf<'database'> | null = null;
  readonly #tables: Array<{ name: string; rows: number }> = [];
  #table = new TableChecksum();
  #databaseDone = false;
  #object: { meta: MetaOf<'object'>; hash: Hash; bytes: number } | null = null;
  readonly #objects = { count: 0, bytes: 0, held: 0 };
  #objectsDone = false;
  #sha256: string | null = null;

  constructor(path: string, passphrase: string) {
    this.#path = path;
    this.#passphrase = passphrase;
  }

  async accept({ meta, body }: Frame, digest: () => string): Promise<void> {
    if (this.#sha256 !== null) this.#misplaced('something stands behind its end mark');
    switch (meta.kind) {
      case 'backup':
        if (this.#backup) this.#misplaced('it begins twice');
        this.#backup = meta;
        return;
      case 'keys':
        if (!this.#backup || this.#keys) this.#misplaced('keys stand where none belong');
        this.#keys = await unwrapKeys({ meta, body }, this.#passphrase, this.#backup!.id);
        return;
      case 'database':
        if (!this.#keys || this.#database) this.#misplaced('a database stands where none belongs');
        this.#database = meta;
        return;
      case 'rows': {
        if (meta.table !== this.#nextTable())
          this.#misplaced(`rows of ${meta.table} stand where none belong`);
        for (const row of await rowsOf(this.#path, meta, body)) this.#table.add(row);
        return;
      }
      case 'table':
        this.#endTable(meta);
        return;
      case 'database-end':
        if (this.#nextTable() !== undefined) this.#misplaced(`the table ${this.#nextTable()} is missing`);
        this.#databaseDone = true;
        return;
      case 'object':
        if (!this.#databaseDone || this.#objectsDone) this.#misplaced('a file stands where none belongs');
        this.#endObject();
        this.#object = { meta, hash: createHash('sha256'), bytes: 0 };
        return;
      case 'bytes':
        if (!this.#object?.meta.held) this.#misplaced('bytes of no file');
        this.#object!.hash.update(body);
        this.#object!.bytes += body.length;
        return;
      case 'objects-end':
        this.#endObject();
        if (meta.objects !== this.#objects.count || meta.bytes !== this.#objects.bytes)
          this.#misplaced(`it lists ${this.#objects.count} files where it says ${meta.objects}`);
        this.#objectsDone = true;
        return;
      case 'end':
        if (!this.#objectsDone) this.#misplaced('its end mark stands before its end');
        if (digest() !== meta.sha256) this.#misplaced('its checksum is not that of its content');
        checkSignature(this.#path, meta, this.#keys!.keys);
        this.#sha256 = meta.sha256;
    }
  }

  /** Null before its end mark was seen. */
  contents(): BackupContents | null {
    if (this.#sha256 === null) return null;
    return {
      backup: this.#backup!,
      database: this.#database!,
      tables: this.#tables,
      objects: this.#objects,
      keys: this.#keys!.content,
      sha256: this.#sha256,
    };
  }

  #nextTable(): string | undefined {
    return this.#database?.tables[this.#tables.length]?.name;
  }

  #endTable(meta: MetaOf<'table'>): void {
    if (meta.table !== this.#nextTable())
      this.#misplaced(`the end of ${meta.table} stands where none belongs`);
    if (this.#table.rows !== meta.rows || this.#table.value !== meta.checksum)
      this.#misplaced(`the table ${meta.table} has ${this.#table.rows} rows that do not give its checksum`);
    this.#tables.push({ name: meta.table, rows: meta.rows });
    this.#table = new TableChecksum();
  }

  #endObject(): void {
    if (!this.#object) return;
    const { meta, hash, bytes } = this.#object;
    this.#objects.count++;
    this.#objects.bytes += meta.sizeBytes;
    if (meta.held) {
      this.#objects.held++;
      if (bytes !== meta.sizeBytes || hash.digest('hex') !== meta.sha256)
        this.#misplaced(`the file ${meta.sha256}.${meta.extension} in it is not what its name says`);
    }
    this.#object = null;
  }

  #misplaced(detail: string): never {
    throw damagedError(this.#path, detail);
  }
}
