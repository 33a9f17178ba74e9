/** Prints what one snapshot takes in memory, source and index, as JSON: run with --expose-gc and the number of line items. */
import { buildIndex } from '@cuepoint/decisioning';
import {
  type EntityKind,
  encodeSnapshot,
  openSnapshot,
  type SnapshotBody,
} from '../server/src/kernel/delivery-protocol.ts';
import { forgetParts, readPart } from '../server/src/skins/delivery/snapshot/compact.ts';
import { SnapshotDiffer } from '../server/src/skins/delivery/snapshot/differ.ts';
import { NO_SPEND } from '../server/src/skins/delivery/testing/sample-snapshot.ts';
import { benchSnapshot } from './world.ts';

const lineItems = Number(process.argv[2] ?? 10_000);

function used(): number {
  for (let round = 0; round < 4; round++) globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** As it comes to a node: read from text, so that nothing is shared that would not be. */
function change(count: number) {
  const { text } = encodeSnapshot(benchSnapshot(count), NO_SPEND, '2026-01-01T00:00:00.000Z');
  const opened = openSnapshot(text);
  if (!opened.ok) throw new Error(opened.problem);
  const { body } = new SnapshotDiffer().change(opened.header, opened.bodyText, opened.spend);
  const piece = (kind: EntityKind) => readPart(kind, JSON.stringify(body![kind]));
  const pieces = {
    lineItems: piece('lineItems'),
    creatives: piece('creatives'),
    placements: piece('placements'),
  };
  forgetParts();
  return pieces as unknown as Pick<SnapshotBody, EntityKind>;
}

// Code that runs once is not part of what a snapshot takes.
buildIndex(change(10));
const before = used();
const body = change(lineItems);
const source = used() - before;
const index = buildIndex(body);
const all = used() - before;
process.stdout.write(JSON.stringify({ lineItems: index.lineItems.size, sourceBytes: source, bytes: all }));
