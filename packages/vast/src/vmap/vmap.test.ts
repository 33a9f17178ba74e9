import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything } from '../../fixtures/documents.ts';
import { live, show, VMAPS } from '../../fixtures/vmaps.ts';
import { lintVmap } from './lint.ts';
import { BREAK_TYPES, VMAP_EVENTS, type VmapDocument } from './model.ts';
import { parseVmap } from './parse.ts';
import { serializeVmap } from './serialize.ts';
import { formatTimeOffset, readTimeOffset, timeOffsetToMs } from './time-offset.ts';

const folder = new URL('../../fixtures/vmap/', import.meta.url);

describe('serializeVmap', () => {
  it.each(Object.entries(VMAPS))('writes %s as its golden file', (name, document) => {
    const { xml, dropped } = serializeVmap(document, { indent: true });
    expect(xml).toBe(readFileSync(new URL(`${name}.xml`, folder), 'utf8'));
    // The pod of 4.2 loses nothing; the spot was asked for in 3.0.
    expect(
      dropped.every((line) =>
        line.startsWith('vmap:VMAP/vmap:AdBreak[4]/vmap:AdSource/vmap:VASTAdData/VAST/'),
      ),
    ).toBe(true);
    expect(dropped.length > 0).toBe(name === 'show');
  });

  it('has a golden file for every document', () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(VMAPS)
        .map((name) => `${name}.xml`)
        .sort(),
    );
  });

  it('writes the VAST inside in another version', () => {
    const { xml } = serializeVmap(show, { vastVersion: '2.0' });
    const parsed = parseVmap(xml);
    const versions = parsed.ok
      ? parsed.document.adBreaks.flatMap(({ adSource }) =>
          adSource?.content?.kind === 'vast' ? [adSource.content.document?.version] : [],
        )
      : [];
    expect(versions).toEqual(['2.0', '2.0']);
  });

  it('refuses places that are none', () => {
    for (const timeOffset of [{ ms: -1 }, { percent: 101 }, { percent: Number.NaN }, { position: 0 }])
      expect(() =>
        serializeVmap({ version: '1.0', adBreaks: [{ timeOffset, breakTypes: ['linear'] }] }),
      ).toThrow(RangeError);
  });
});

describe('parseVmap', () => {
  it.each([
    ['<VMAP version="1.0">', 'VMAP_PARSE_FAILED', 1002, 'line 1: <VMAP> is never closed'],
    ['<VAST version="4.2"/>', 'VMAP_PARSE_FAILED', 1000, 'the root element is <VAST>, not <vmap:VMAP>'],
    ['<VMAP/>', 'VMAP_VERSION_MISMATCH', 1001, 'VMAP has no version attribute; 1.0 or 1.0.1 is needed'],
    ['<VMAP version="2.0"/>', 'VMAP_VERSION_MISMATCH', 1001, 'version "2.0" is not 1.0 or 1.0.1'],
    ['<!DOCTYPE a><VMAP version="1.0"/>', 'VMAP_PARSE_FAILED', 1002, 'line 1: a DOCTYPE'],
  ])('refuses %s', (xml, code, errorCode, message) => {
    const parsed = parseVmap(xml);
    expect(parsed).toMatchObject({ ok: false, code, errorCode });
    expect(!parsed.ok && parsed.message).toContain(message);
  });

  it('reads without prefix, and notes what it leaves out', () => {
    const parsed = parseVmap(`<VMAP version="1.0" colour="red">
      <AdBreak timeOffset="bogus" breakType="linear, Nonlinear,audio" repeatAfter="often">
        <AdSource id="a"><VASTAdData><VAST version="9.9"/></VASTAdData><AdTagURI>https://x.example</AdTagURI></AdSource>
        <TrackingEvents><Tracking event="start">https://t.example.com</Tracking><Tracking event="error"/></TrackingEvents>
      </AdBreak><AdBreak timeOffset=" 00:00:01 " breakType="display"/></VMAP>`);
    if (!parsed.ok) throw new Error(parsed.message);
    expect(parsed.document).toEqual({
      version: '1.0',
      adBreaks: [
        {
          timeOffset: null,
          breakTypes: ['linear', 'nonlinear'],
          adSource: { id: 'a', content: { kind: 'vast', document: null } },
        },
        { timeOffset: { ms: 1_000 }, breakTypes: ['display'] },
      ],
    });
    expect(parsed.notes.map(({ path }) => path)).toEqual([
      'VMAP/AdBreak[1]@breakType',
      'VMAP/AdBreak[1]@timeOffset',
      'VMAP/AdBreak[1]@repeatAfter',
      'VMAP/AdBreak[1]/AdSource/VASTAdData',
      'VMAP/AdBreak[1]/AdSource/AdTagURI',
      'VMAP/AdBreak[1]/TrackingEvents/Tracking[1]',
      'VMAP/AdBreak[1]/TrackingEvents/Tracking[2]',
      'VMAP@colour',
    ]);
  });

  it('notes what the VAST inside has no place for, with its whole path', () => {
    const parsed = parseVmap(
      '<VMAP version="1.0"><AdBreak timeOffset="start" breakType="linear"><AdSource><VASTAdData><VAST version="4.2"><Ad/></VAST></VASTAdData></AdSource></AdBreak></VMAP>',
    );
    expect(parsed.ok && parsed.notes.map(({ path }) => path)).toEqual([
      'VMAP/AdBreak/AdSource/VASTAdData/VAST/Ad',
    ]);
  });

  it('reads VAST that is text', () => {
    const inner = serializeVmap(show).xml.replace(
      /<VAST .*?<\/VAST>/s,
      (vast) => `<![CDATA[${vast.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`,
    );
    const [asText, asElements] = [parseVmap(inner), parseVmap(serializeVmap(show).xml)];
    expect(asText.ok && asText.document).toEqual(asElements.ok && asElements.document);
  });

  it('accepts only the VAST versions it is told to', () => {
    const parsed = parseVmap(serializeVmap(live).xml, { accept: ['3.0'] });
    expect(parsed.ok && parsed.notes[0]?.message).toContain('version 4.2 is not accepted here');
  });

  it('never throws, whatever the text', () => {
    const xml = serializeVmap(show, { indent: true }).xml;
    fc.assert(
      fc.property(fc.nat({ max: xml.length }), fc.nat({ max: 40 }), fc.string(), (at, cut, put) => {
        const broken = xml.slice(0, at) + put + xml.slice(at + cut);
        const parsed = parseVmap(broken);
        if (parsed.ok) expect(parseVmap(serializeVmap(parsed.document).xml).ok).toBe(true);
        for (const { severity } of lintVmap(broken)) expect(['block', 'warn', 'info']).toContain(severity);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a VMAP document', () => {
  const text = fc.stringMatching(/^[ -~]{1,12}$/).map((value) => value.trim() || 'x');
  const ms = fc.integer({ min: 0, max: 86_399_999 });
  const content = fc.oneof(
    fc.constant(null),
    fc.record({ kind: fc.constant('vast' as const), document: fc.constantFrom(everything, null) }),
    fc.record({ kind: fc.constant('tag' as const), uri: text, templateType: fc.option(text) }),
    fc.record({ kind: fc.constant('custom' as const), data: text, templateType: fc.option(text) }),
  );
  const extension = fc.record({
    type: text,
    nodes: fc.constant([{ name: 'x:A', attributes: { 'xmlns:x': 'urn:x' }, children: ['a & b'] }]),
  });
  const adBreak = fc.record(
    {
      timeOffset: fc.oneof(
        fc.constantFrom('start' as const, 'end' as const, null),
        fc.record({ ms }),
        fc.integer({ min: 0, max: 100 }).map((percent) => ({ percent })),
        fc.integer({ min: 1, max: 999 }).map((position) => ({ position })),
      ),
      breakTypes: fc.subarray([...BREAK_TYPES]),
      breakId: text,
      repeatAfterMs: ms,
      adSource: fc.record(
        { id: text, allowMultipleAds: fc.boolean(), followRedirects: fc.boolean(), content },
        { requiredKeys: ['content'] },
      ),
      trackingEvents: fc.array(fc.record({ event: fc.constantFrom(...VMAP_EVENTS), url: text }), {
        minLength: 1,
      }),
      extensions: fc.array(extension, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['timeOffset', 'breakTypes'] },
  );

  it('means the same after writing and reading', () => {
    const documents = fc.record(
      {
        version: fc.constantFrom('1.0' as const, '1.0.1' as const),
        adBreaks: fc.array(adBreak, { maxLength: 4 }),
        extensions: fc.array(extension, { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: ['version', 'adBreaks'] },
    );
    fc.assert(
      fc.property(documents, fc.boolean(), (document, indent) => {
        const { xml, dropped } = serializeVmap(document as VmapDocument, { indent });
        expect(dropped).toEqual([]);
        const parsed = parseVmap(xml);
        expect(parsed.ok && parsed.document).toEqual(document);
      }),
      { numRuns: 150 },
    );
  });
});

describe('time offsets', () => {
  it.each([
    ['start', 'start'],
    ['end', 'end'],
    ['00:10:00', { ms: 600_000 }],
    ['00:10:23.125', { ms: 623_125 }],
    ['50%', { percent: 50 }],
    ['#3', { position: 3 }],
  ] as const)('reads and writes %s', (text, offset) => {
    expect(readTimeOffset(text)).toEqual(offset);
    expect(formatTimeOffset(offset)).toBe(text);
  });

  it.each(['', 'bogus', 'Start', '10:00', '101%', '-1%', '#0', '#1.5', '00:61:00', '25:00:00'])(
    'refuses %j',
    (text) => {
      expect(readTimeOffset(text)).toBeUndefined();
    },
  );

  it('places offsets in content of known length', () => {
    const places = (['start', { percent: 50 }, { ms: 7 }, 'end', { position: 1 }] as const).map((offset) =>
      timeOffsetToMs(offset, 1_001),
    );
    expect(places).toEqual([0, 501, 7, 1_001, undefined]);
  });
});
