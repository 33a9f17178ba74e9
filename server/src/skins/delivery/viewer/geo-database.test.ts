import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { NOWHERE } from './geo.ts';
import { GeoDatabase } from './geo-database.ts';
import { cityRecord, type MmdbInput, writeMmdb } from './mmdb.fixture.ts';

const folder = await mkdtemp(join(tmpdir(), 'cuepoint-geo-'));
const path = join(folder, 'places.mmdb');
afterAll(() => rm(folder, { recursive: true }));

const NEW_YORK = { country: 'US', region: 'NY', city: 'New York', postal: '10001', dma: '501' };
const COLOGNE = { country: 'DE', region: 'NW', city: 'Köln', postal: '50667', dma: null };
const PARIS = { ...NOWHERE, country: 'FR' };
const NETWORKS: MmdbInput['networks'] = [
  ['192.0.2.0/24', cityRecord('US', 'NY', 'New York', '10001', 501)],
  ['198.51.100.0/24', { country: { iso_code: 'FR' } }],
  ['198.51.100.128/25', cityRecord('DE', 'NW', 'Köln', '50667')],
  ['2001:db8::/32', cityRecord('DE', 'NW', 'Köln', '50667')],
  ['2001:db8:0:1::/64', { country: { iso_code: 'FR' } }],
  ['203.0.113.0/28', { registered_country: { iso_code: 'GB' } }],
];

let problems: string[];
let loaded: string[];
const create = () =>
  new GeoDatabase(path, {
    onProblem: (problem) => problems.push(problem),
    onLoaded: ({ type }) => loaded.push(type),
  });
const lookup = (database: GeoDatabase, address: string) => database.lookup(parseAddress(address)!);

beforeEach(async () => {
  problems = [];
  loaded = [];
  await rm(path, { force: true });
});

describe('GeoDatabase', () => {
  it.each([
    [24, 6],
    [28, 6],
    [32, 6],
    [28, 4],
  ] as const)('finds addresses in a tree of %i bits for IPv%i', async (recordSize, ipVersion) => {
    const networks = NETWORKS.filter(([cidr]) => ipVersion === 6 || !cidr.includes(':'));
    await writeFile(path, writeMmdb({ networks, recordSize, ipVersion }));
    const database = create();
    expect(lookup(database, '192.0.2.1')).toEqual(NOWHERE);
    expect(await database.refresh()).toBe(true);
    expect(problems).toEqual([]);
    expect(database.info).toEqual({ path, type: 'Test-City', builtAtMs: 1_700_000_000_000 });
    // Twice: from the file, and from what was kept.
    for (let round = 0; round < 2; round++) {
      expect(lookup(database, '192.0.2.1')).toEqual(NEW_YORK);
      expect(lookup(database, '192.0.2.254')).toEqual(NEW_YORK);
      expect(lookup(database, '::ffff:192.0.2.77')).toEqual(NEW_YORK);
      expect(lookup(database, '198.51.100.1')).toEqual(PARIS);
      expect(lookup(database, '198.51.100.200')).toEqual(COLOGNE);
      expect(lookup(database, '203.0.113.1')).toEqual(NOWHERE);
      expect(lookup(database, '203.0.113.77')).toEqual(NOWHERE);
      expect(lookup(database, '8.8.8.8')).toEqual(NOWHERE);
      const isSix = ipVersion === 6;
      expect(lookup(database, '2001:db8::1')).toEqual(isSix ? COLOGNE : NOWHERE);
      expect(lookup(database, '2001:db8:5::1')).toEqual(isSix ? COLOGNE : NOWHERE);
      expect(lookup(database, '2001:db8:0:1::9')).toEqual(isSix ? PARIS : NOWHERE);
      expect(lookup(database, '2001:db9::1')).toEqual(NOWHERE);
      // Its first half reads 192.0.2.1: an IPv4 tree must not answer for it.
      expect(lookup(database, 'c000:201::1')).toEqual(NOWHERE);
    }
  });

  it('gives the same with and without its cache', async () => {
    await writeFile(path, writeMmdb({ networks: NETWORKS }));
    const kept = create();
    await kept.refresh();
    for (let index = 0; index < 300; index++) {
      for (const base of ['192.0.2.', '198.51.100.', '203.0.113.', '2001:db8:0:']) {
        const text = base.includes(':') ? `${base}${index.toString(16)}::5` : `${base}${index % 256}`;
        const place = lookup(kept, text);
        if (index % 29 !== 0) continue;
        const fresh = create();
        await fresh.refresh();
        expect([text, place]).toEqual([text, lookup(fresh, text)]);
      }
    }
  });

  it('takes a new file into use, and only when it changed', async () => {
    await writeFile(path, writeMmdb({ networks: NETWORKS }));
    const database = create();
    expect(await database.refresh()).toBe(true);
    expect(await database.refresh()).toBe(false);
    expect(lookup(database, '192.0.2.1')).toEqual(NEW_YORK);
    const next = join(folder, 'next.mmdb');
    await writeFile(
      next,
      writeMmdb({ networks: [['192.0.2.0/24', { country: { iso_code: 'FR' } }]], type: 'Test-Country' }),
    );
    await rename(next, path);
    expect(await database.refresh()).toBe(true);
    expect(lookup(database, '192.0.2.1')).toEqual(PARIS);
    expect(loaded).toEqual(['Test-City', 'Test-Country']);
    expect(problems).toEqual([]);
  });

  it('watches the file by itself, and stops', async () => {
    await writeFile(path, writeMmdb({ networks: NETWORKS }));
    const database = create();
    database.watch(10);
    for (let round = 0; round < 200 && loaded.length === 0; round++)
      await new Promise((go) => setTimeout(go, 10));
    expect(lookup(database, '192.0.2.1')).toEqual(NEW_YORK);
    database.close();
  });

  it('keeps the old file when the new one cannot be used, and says so once', async () => {
    const good = writeMmdb({ networks: NETWORKS });
    await writeFile(path, good);
    const database = create();
    await database.refresh();
    const bad: [Buffer | string, RegExp][] = [
      ['not a database', /is no location database .*accepted: a MaxMind DB file/],
      ['', /is no location database/],
      [good.subarray(0, good.length - 40), /location database|metadata/],
      [
        Buffer.concat([good.subarray(0, 40), good.subarray(good.indexOf('ab', 0, 'hex') - 10)]),
        /cut off|damaged|location/,
      ],
      [
        writeMmdb({ networks: [['192.0.2.0/24', { autonomous_system_number: 1 }]], type: 'GeoLite2-ASN' }),
        /without places/,
      ],
      [
        writeMmdb({ networks: [['0.0.0.0/1', { speed: 'fast' }]], type: 'Test-Speed' }),
        /is damaged .*neither country nor city/,
      ],
    ];
    for (const [bytes, message] of bad) {
      problems = [];
      await writeFile(path, bytes);
      expect(await database.refresh()).toBe(false);
      expect(await database.refresh()).toBe(false);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(message);
      expect(problems[0]).toContain(path);
      expect(problems[0]).toContain('The file from before stays in use.');
      expect(lookup(database, '192.0.2.1')).toEqual(NEW_YORK);
    }
    problems = [];
    await rm(path);
    expect(await database.refresh()).toBe(false);
    expect(await database.refresh()).toBe(false);
    expect(problems).toHaveLength(1);
    expect(lookup(database, '192.0.2.1')).toEqual(NEW_YORK);
    await writeFile(path, good);
    expect(await database.refresh()).toBe(true);
  });

  it('says what is wrong with the first file too', async () => {
    const database = create();
    expect(await database.refresh()).toBe(false);
    expect(problems).toEqual([expect.stringMatching(/ENOENT.*accepted: a MaxMind DB file.*schema\.$/)]);
    expect(lookup(database, '192.0.2.1')).toEqual(NOWHERE);
  });

  it('survives any single damaged byte', async () => {
    const good = writeMmdb({ networks: NETWORKS.slice(0, 3), ipVersion: 4 });
    for (let at = 0; at < good.length; at += 3) {
      const bytes = Buffer.from(good);
      bytes[at] = bytes[at]! ^ 0xff;
      await writeFile(path, bytes);
      const database = create();
      await database.refresh();
      for (const address of ['192.0.2.1', '198.51.100.200', '1.1.1.1', '2001:db8::1']) {
        const place = lookup(database, address);
        expect(place.country === null || /^[A-Z]{2}$/.test(place.country)).toBe(true);
      }
    }
  });
});
