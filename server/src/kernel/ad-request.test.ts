import { DIMENSION_NAMES } from '@cuepoint/decisioning';
import { expect, it } from 'vitest';
import { identityOf, placementFacts, toAdRequest } from './ad-request.ts';
import type { DecisionRequest, SnapshotPlacement } from './delivery-protocol.ts';

const placement = {
  id: 'plc_1',
  publisherId: 'pub_1',
  position: 'mid',
  app: { id: 'app_1', name: 'App', bundle: 'tv.example', domain: null, network: 'Nine', channel: null },
} as unknown as SnapshotPlacement;

const request: DecisionRequest = {
  requestId: 'r',
  accountId: 'acc_1',
  placementId: 'plc_1',
  minDurationMs: 0,
  maxDurationMs: 30_000,
  pod: null,
  facts: { country: 'de', genre: 'Drama', segment: ['s1', 's2'], channel: 'One', planet: 'x' },
  withheld: ['segment:tcf'],
  identity: '0000000afffffffe',
  identityKind: 'ifa',
  streamKeys: [],
  blockedCategories: [],
  blockedDomains: [],
  floorCpmMicros: 0,
  mimes: [],
};

it('puts what is asked over what the placement says, in the spelling that is compared', () => {
  const { facts, withheld, identity } = toAdRequest(request, placementFacts(placement), 5);
  const known = Object.fromEntries(DIMENSION_NAMES.map((name, at) => [name, facts[at]]));
  expect(known).toMatchObject({
    country: 'DE',
    genre: ['drama'],
    segment: ['s1', 's2'],
    channel: 'one',
    network: 'nine',
    app: 'tv.example',
    placement: 'plc_1',
    deal: [],
    city: null,
  });
  expect(withheld).toEqual(['segment']);
  expect(identity).toEqual([10, 0xfffffffe]);
});

it('knows nobody without an identity', () => {
  expect(identityOf(null)).toBeNull();
});
