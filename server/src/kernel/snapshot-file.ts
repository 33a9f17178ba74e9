/** The file that a snapshot travels and is kept in: header, body and counters, a line each. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type BodyParts, encodeBody } from './snapshot-parts.ts';
import { type Snapshot, SnapshotBody, SnapshotHeader, SpendStatement } from './snapshot-shapes.ts';

/**
 * A node accepts this version and the one before it, once there is one: version 1 was never released. Adding an
 * optional field does not raise it.
 */
const SNAPSHOT_SCHEMA_VERSION = 2;

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

/**
 * Writes a snapshot file: one line of header, one of body, one of spend. The hashes cover one line each, so an unchanged
 * body keeps its hash whatever the clock and the counters say. Throws ZodError when a part breaks the schema.
 */
export function encodeSnapshot(
  body: SnapshotBody,
  spend: SpendStatement,
  builtAt: string,
): { text: string; header: SnapshotHeader; parts: BodyParts } {
  const { line, parts } = encodeBody(body);
  const spendLine = JSON.stringify(SpendStatement.parse(spend));
  const header: SnapshotHeader = {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    hash: sha256(line),
    spendHash: sha256(spendLine),
    builtAt,
  };
  return { text: `${JSON.stringify(header)}\n${line}\n${spendLine}\n`, header, parts };
}

/** The two hashes as one entity tag, without quotes. */
export function snapshotTag(header: Pick<SnapshotHeader, 'hash' | 'spendHash'>): string {
  return `${header.hash}.${header.spendHash}`;
}

/** The file for who holds the body already: its line is empty. */
export function withoutBody(text: string): string {
  const first = text.indexOf('\n');
  return `${text.slice(0, first + 1)}${text.slice(text.indexOf('\n', first + 1))}`;
}

export type OpenedSnapshot =
  | {
      ok: true;
      header: SnapshotHeader;
      /** Its checksum right, and not read yet; null when it is the body that is held, or did not come. */
      bodyText: string | null;
      /** The same of what takes an earlier body to this one; null when there is none, or no need of it. */
      differenceText: string | null;
      spend: SpendStatement;
    }
  | { ok: false; problem: string };

/**
 * Opens a snapshot file: version first, then checksums, then the counters. Never throws.
 * @param heldBody hash of the body that is held: it is not read again, and may be left out
 */
export function openSnapshot(text: string, heldBody = ''): OpenedSnapshot {
  const [headerLine, line, spendLine] = text.split('\n', 3);
  if (headerLine === undefined || line === undefined || spendLine === undefined)
    return { ok: false, problem: 'snapshot does not have its three lines' };
  try {
    const header = SnapshotHeader.parse(JSON.parse(headerLine));
    if (header.schemaVersion !== SNAPSHOT_SCHEMA_VERSION)
      return {
        ok: false,
        problem: `snapshot schema version ${header.schemaVersion} is not ${SNAPSHOT_SCHEMA_VERSION}`,
      };
    const isHeld = header.hash === heldBody;
    for (const [part, content, stated] of [
      ...(isHeld ? [] : [['body', line, header.differenceHash ?? header.hash] as const]),
      ['spend', spendLine, header.spendHash] as const,
    ]) {
      const hash = sha256(content);
      if (hash !== stated)
        return { ok: false, problem: `snapshot ${part} hashes to ${hash}, its header says ${stated}` };
    }
    const spend = SpendStatement.parse(JSON.parse(spendLine));
    const came = isHeld ? null : line;
    const isDifference = header.differenceHash !== undefined;
    return {
      ok: true,
      header,
      bodyText: isDifference ? null : came,
      differenceText: isDifference ? came : null,
      spend,
    };
  } catch (error) {
    return { ok: false, problem: unreadable(error) };
  }
}

/**
 * The header of a difference that was kept without its counters.
 * @throws Error when they are not what was written
 */
export function openKeptDifference(headerLine: string, differenceLine: string): SnapshotHeader {
  const header = SnapshotHeader.parse(JSON.parse(headerLine));
  if (header.schemaVersion !== SNAPSHOT_SCHEMA_VERSION || sha256(differenceLine) !== header.differenceHash)
    throw new Error('a difference on the disk is not what was written');
  return header;
}

export type DecodedSnapshot = { ok: true; snapshot: Snapshot } | { ok: false; problem: string };

/** Reads a whole snapshot file and checks it against the schema. Never throws. */
export function decodeSnapshot(text: string): DecodedSnapshot {
  const opened = openSnapshot(text);
  if (!opened.ok) return opened;
  const { header, bodyText, spend } = opened;
  try {
    return {
      ok: true,
      snapshot: { ...header, ...SnapshotBody.parse(JSON.parse(bodyText ?? 'null')), spend },
    };
  } catch (error) {
    return { ok: false, problem: unreadable(error) };
  }
}

function unreadable(error: unknown): string {
  return `snapshot is not readable: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`;
}
