import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeSnapshot } from '../../kernel/delivery-protocol.ts';
import { assembleBody, spendStatement } from './domain/assemble-body.ts';
import { creative, emptySpend, lineItem, signingKey } from './fixture.ts';
import { fileSnapshotArchive } from './snapshot-archive.ts';

const dayMs = 86_400_000;
const builtAt = '2026-11-21T09:00:00.000Z';
const after = (days: number) => new Date(Date.parse(builtAt) + days * dayMs);
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'snapshots-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function snapshot(name = 'Line item one') {
  const rows = { keys: [signingKey], publishers: [], placements: [], creatives: [creative()] };
  const { body } = assembleBody({ ...rows, lineItems: [lineItem({ name })] });
  const { text, header } = encodeSnapshot(body, spendStatement(emptySpend), builtAt);
  return { body, hash: header.hash, line: text.split('\n')[1]! };
}

describe('the archive of snapshots', () => {
  it('gives back exactly what was served, also to a later process', async () => {
    const { body, hash, line } = snapshot();
    const directory = join(root, 'snapshots');
    await fileSnapshotArchive(directory, dayMs).keep(hash, line, builtAt);
    expect(await fileSnapshotArchive(directory, dayMs).load(hash)).toEqual(body);
    expect(readdirSync(directory)).toEqual([`${hash}.json.gz`]);
    expect(statSync(join(directory, `${hash}.json.gz`)).mode & 0o077).toBe(0);
  });

  it('knows nothing that it was not given, and opens no path', async () => {
    const archive = fileSnapshotArchive(root, dayMs);
    expect(await archive.load('0'.repeat(64))).toBeNull();
    expect(await archive.load('../../etc/passwd')).toBeNull();
    await expect(archive.keep('../up', '{}', builtAt)).rejects.toThrow('SHA-256');
    expect(await fileSnapshotArchive(join(root, 'never made'), dayMs).prune(after(1))).toEqual([]);
  });

  it('removes what is past its time, and not what is still in use', async () => {
    const archive = fileSnapshotArchive(root, 45 * dayMs);
    const [old, used] = [snapshot('Old'), snapshot('Used')];
    for (const { hash, line } of [old, used]) await archive.keep(hash, line, builtAt);
    expect(await archive.prune(after(45))).toEqual([]);
    await archive.keep(used.hash, used.line, after(30).toISOString());
    // A late word of an earlier use takes nothing back.
    await archive.keep(used.hash, used.line, builtAt);
    expect(await archive.prune(after(46))).toEqual([old.hash]);
    expect(await archive.load(old.hash)).toBeNull();
    expect(await archive.load(used.hash)).toEqual(used.body);
    expect(await archive.prune(after(76))).toEqual([used.hash]);
  });

  it('clears away the drafts of a process that died', async () => {
    writeFileSync(join(root, 'half.draft'), 'x');
    expect(await fileSnapshotArchive(root, 45 * dayMs).prune(new Date(Date.now() + dayMs))).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
  });

  it('refuses a file that was changed', async () => {
    const { hash, line } = snapshot();
    writeFileSync(join(root, `${hash}.json.gz`), gzipSync(line.replace('Line item one', 'Line item two')));
    await expect(fileSnapshotArchive(root, dayMs).load(hash)).rejects.toThrow('damaged');
  });
});
