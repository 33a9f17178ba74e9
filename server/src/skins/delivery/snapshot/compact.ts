import { SharedValues } from '@cuepoint/decisioning';
import type { EntityKind, SnapshotCreative, SnapshotLineItem } from '../../../kernel/delivery-protocol.ts';

/** Longer than what is alike by more than chance: the key would weigh more than is won. */
const LONGEST_SHARED = 256;
/** Parts of entities that many of them have alike. */
const parts = new SharedValues<unknown>();

/** A change has been read: what is like its parts in the next one is little. */
export function forgetParts(): void {
  parts.clear();
}

/**
 * Entities as they came in a piece, with one object for all parts that are alike: a node holds every line item for as long
 * as it serves, and most of what a line item says another one says as well.
 */
export function readPart(kind: EntityKind, text: string): unknown[] {
  const entities = JSON.parse(text) as unknown[];
  if (kind === 'lineItems') for (const item of entities) compactLineItem(item as Mutable<SnapshotLineItem>);
  if (kind === 'creatives') for (const one of entities) compactCreative(one as Mutable<SnapshotCreative>);
  return entities;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function shared<T>(value: T): T {
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHARED ? value : (parts.of(text, value) as T);
}

function sharedText(text: string): string {
  return parts.of(text, text) as string;
}

function compactLineItem(item: Mutable<SnapshotLineItem>): void {
  item.accountId = sharedText(item.accountId);
  item.campaignId = sharedText(item.campaignId);
  item.brandId = sharedText(item.brandId);
  item.targeting = sharedTree(item.targeting);
  item.dayparts = shared(item.dayparts);
  item.frequencyCaps = shared(item.frequencyCaps);
  item.separation = shared(item.separation);
  item.creatives = shared(item.creatives.map(shared));
  for (const flight of item.flights) {
    flight.startAt = sharedText(flight.startAt);
    flight.endAt = sharedText(flight.endAt);
    flight.timeZone = sharedText(flight.timeZone);
  }
}

/** Leaves first: trees differ more than the predicates in them. */
function sharedTree(node: SnapshotLineItem['targeting']): SnapshotLineItem['targeting'] {
  if ('all' in node) return shared({ all: node.all.map(sharedTree) });
  if ('any' in node) return shared({ any: node.any.map(sharedTree) });
  if ('not' in node) return shared({ not: sharedTree(node.not) });
  return shared(node);
}

function compactCreative(creative: Mutable<SnapshotCreative>): void {
  creative.accountId = sharedText(creative.accountId);
  creative.adDomain = sharedText(creative.adDomain);
  creative.categories = shared(creative.categories);
  creative.clearedFor = shared(creative.clearedFor);
  creative.vast = sharedParts(creative.vast) as SnapshotCreative['vast'];
}

/** Documents have the same slots for the same events. */
function sharedParts(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return shared(value.map(sharedParts));
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) copy[name] = sharedParts(part);
  return shared(copy);
}
