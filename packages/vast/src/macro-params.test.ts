import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MACRO_KINDS, type MacroParamName } from './macro-kinds.ts';
import { VAST_MACROS } from './macro-list.ts';
import { encodeMacros, isMacroParamValid, outgoingMacros, readMacroParams } from './macro-params.ts';
import { macroQuery, PLAYER_MACROS, REQUEST_MACROS, SERVER_MACROS, vastVersionsFrom } from './macro-sets.ts';
import { expandMacros } from './macros.ts';

const read = (query: string) => readMacroParams(new URLSearchParams(query));

/** A value for every macro as its definition shows one, and what it is read as. */
const EXAMPLES: { readonly [Name in MacroParamName]: readonly [string, unknown] } = {
  timestamp: ['2016-01-17T8:15:07.127-05', Date.UTC(2016, 0, 17, 13, 15, 7, 127)],
  cachebusting: ['12345678', '12345678'],
  contentplayhead: ['00:05:21.123', 321_123],
  mediaplayhead: ['26:05:21', 93_921_000],
  breakposition: ['2', 2],
  blockedadcategories: ['IAB1-6,IAB1-7', ['IAB1-6', 'IAB1-7']],
  adcategories: ['IAB1-6', ['IAB1-6']],
  adcount: ['2', 2],
  transactionid: ['123e4567-e89b-12d3-a456-426655440000', '123e4567-e89b-12d3-a456-426655440000'],
  placementtype: ['1', 1],
  adtype: ['VIDEO', 'video'],
  universaladid: [
    'ad-id.org CNPA0484000H,unregistered',
    [
      { idRegistry: 'ad-id.org', value: 'CNPA0484000H' },
      { idRegistry: null, value: 'unregistered' },
    ],
  ],
  breakmaxduration: ['30', 30],
  breakmaxads: ['2', 2],
  breakminadlength: ['5', 5],
  breakmaxadlength: ['15', 15],
  ifa: ['123e4567-e89b-12d3-a456-426655440000', '123e4567-e89b-12d3-a456-426655440000'],
  ifatype: ['rida', 'rida'],
  clientua: ['MyPlayer/7.1 MyPlugin/1.1.2', 'MyPlayer/7.1 MyPlugin/1.1.2'],
  serverua: ['MyServer/3.0 (+https://example.com)', 'MyServer/3.0 (+https://example.com)'],
  deviceua: ['Mozilla/5.0 (X11; Linux x86_64)', 'Mozilla/5.0 (X11; Linux x86_64)'],
  serverside: ['1', 1],
  deviceip: ['2001:0db8:85a3:0000:0000:8a2e:0370:7334', '2001:0db8:85a3:0000:0000:8a2e:0370:7334'],
  latlong: ['51.004703,-3.754806', { latitude: 51.004703, longitude: -3.754806 }],
  domain: ['www.example.com', 'www.example.com'],
  pageurl: ['https://www.example.com/a?b=c&d', 'https://www.example.com/a?b=c&d'],
  appbundle: ['com.example.myapp', 'com.example.myapp'],
  storeid: ['886445756', '886445756'],
  storeurl: ['https://store.example.com/app', 'https://store.example.com/app'],
  contentcat: ['8,16', ['8', '16']],
  vastversions: ['2,3,11', [2, 3, 11]],
  apiframeworks: ['2,7', [2, 7]],
  extensions: ['AdVerifications,extensionA', ['AdVerifications', 'extensionA']],
  verificationvendors: ['a.example-omid', ['a.example-omid']],
  omidpartner: ['MyPartner/7.1', 'MyPartner/7.1'],
  mediamime: ['video/mp4,application/x-mpegURL', ['video/mp4', 'application/x-mpegURL']],
  playercapabilities: ['skip,mute', ['skip', 'mute']],
  clicktype: ['2', 2],
  playbackmethods: ['7', 7],
  playerstate: ['muted,fullscreen', ['muted', 'fullscreen']],
  inventorystate: ['autoplayed', ['autoplayed']],
  playersize: ['640,360', { width: 640, height: 360 }],
  adplayhead: ['00:00:11.355', 11_355],
  asseturi: ['https://m.example.com/video.mp4', 'https://m.example.com/video.mp4'],
  contentid: ['my-domain.example my-video-123', { idRegistry: 'my-domain.example', value: 'my-video-123' }],
  contenturi: ['https://m.example.com/show.mp4', 'https://m.example.com/show.mp4'],
  podsequence: ['1', 1],
  adservingid: ['Server-47ed3bac', 'Server-47ed3bac'],
  clickpos: ['315,204.5', { x: 315, y: 204.5 }],
  errorcode: ['900', 900],
  reason: ['1', 1],
  limitadtracking: ['1', true],
  regulations: ['gdpr', ['gdpr']],
  gdprconsent: ['BOLqFHuOLqFHuAABAENAAAAAAAAoAAA', 'BOLqFHuOLqFHuAABAENAAAAAAAAoAAA'],
  gppstring: [
    'DBABMA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA',
    'DBABMA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA',
  ],
  gppsectionid: ['5,7', [5, 7]],
  dsarequired: ['1', 1],
  dsaparams: ['1_2', [1, 2]],
  dsapubrender: ['1', 1],
};

describe('readMacroParams', () => {
  it('reads all 59 macros', () => {
    expect(Object.keys(MACRO_KINDS).sort()).toEqual(VAST_MACROS.map(({ name }) => name.toLowerCase()).sort());
    const { values, problems } = readMacroParams(
      Object.entries(EXAMPLES).map(([name, [text]]) => [name, text]),
    );
    expect(problems).toEqual([]);
    expect(values).toEqual(
      Object.fromEntries(Object.entries(EXAMPLES).map(([name, [, value]]) => [name, value])),
    );
  });

  it('tells apart what is not there, not known, not said and not filled', () => {
    const { values, states, problems } = read(
      'ifa=[IFA]&domain=%255BDOMAIN%255D&contentid=-1&latlong=-2&deviceua=&pageurl=0&IFATYPE=rida&colour=red',
    );
    expect(states).toEqual({
      ifa: 'unfilled',
      domain: 'unfilled',
      contentid: 'unknown',
      latlong: 'withheld',
      deviceua: 'empty',
      pageurl: 'not-applicable',
      ifatype: 'value',
    });
    expect(values).toEqual({ ifatype: 'rida' });
    expect(problems).toEqual([]);
    expect(read('ifa=00000000-0000-0000-0000-000000000000').states.ifa).toBe('withheld');
  });

  it.each([
    ['latlong=91,0', 'it is not latitude and longitude, separated by a comma'],
    ['playersize=640', 'it is not width and height, separated by a comma'],
    ['transactionid=1', 'it is not a UUID'],
    ['limitadtracking=yes', 'it is not 0 or 1'],
    ['deviceip=1.2.3.256', 'it is not an IP address'],
    ['deviceip=a', 'it is not an IP address'],
    ['domain=a/b', 'it is not a domain'],
    ['adtype=banner', 'it is not one of video, audio, hybrid'],
    ['timestamp=2016-13-01T00:00:00Z', 'it is not a time of ISO 8601'],
    ['vastversions=2,,3', 'it is not whole numbers separated by commas'],
    ['gdprconsent=a b', 'it is not a TCF consent string'],
    ['deviceua=a%00b', 'it holds a control character'],
    [`ifa=${'x'.repeat(129)}`, 'it has 129 characters, at most 128 are read'],
    ['adcount=1&adcount=2', 'it is given more than once; the first counts'],
  ])('says of %s: %s', (query, message) => {
    const { problems } = read(query);
    expect(problems.map((one) => one.message)).toEqual([message]);
    expect(problems[0]?.value.length).toBeLessThanOrEqual(80);
  });

  it('takes the first of a repeated parameter, and other names it is told of', () => {
    expect(read('adcount=1&adcount=2').values).toEqual({ adcount: 1 });
    const aliases = { gdpr_consent: 'gdprconsent', constructor: 'ifa' } as const;
    expect(readMacroParams([['GDPR_consent', 'BO']], { aliases }).values).toEqual({ gdprconsent: 'BO' });
    expect(
      readMacroParams([
        ['toString', 'a'],
        ['__proto__', 'b'],
      ]).states,
    ).toEqual({});
  });

  it('never throws and never hands out what it does not call a value', () => {
    const name = fc.oneof(fc.constantFrom(...Object.keys(MACRO_KINDS)), fc.string());
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('-1', '-2', '0', '', '[IFA]', ...Object.values(EXAMPLES).map(([text]) => text)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const params = readMacroParams(pairs);
        const usable = Object.entries(params.states).filter(([, state]) => state === 'value');
        expect(Object.keys(params.values).sort()).toEqual(usable.map(([key]) => key).sort());
        for (const encoded of Object.values(outgoingMacros(params)))
          expect(encoded).toMatch(/^[A-Za-z0-9_.~%,-]+$/);
      }),
    );
  });

  it('finds fault with one parameter exactly where reading them all does', () => {
    const name = fc.constantFrom(...(Object.keys(MACRO_KINDS) as MacroParamName[]));
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('-1', '-2', '0', '', '[IFA]', ...Object.values(EXAMPLES).map(([text]) => text)),
    );
    fc.assert(
      fc.property(name, value, (macro, text) => {
        expect(isMacroParamValid(macro, text)).toBe(readMacroParams([[macro, text]]).problems.length === 0);
      }),
    );
  });

  it('takes hostile values in linear time', () => {
    for (const bad of [
      ','.repeat(200_000),
      '1,'.repeat(100_000),
      '['.repeat(200_000),
      `a${' '.repeat(200_000)}b`,
    ]) {
      const params = readMacroParams(Object.keys(MACRO_KINDS).map((name) => [name, bad]));
      expect(params.problems).toHaveLength(59);
    }
  });
});

describe('outgoingMacros', () => {
  it('encodes once what it was told, and hands on what it was not', () => {
    const params = read(
      'pageurl=https%3A%2F%2Fwww.example.com%2Fa%3Fb%3Dc%26d&playersize=640,360&contentid=r.example%20v%201&ifa=-2&deviceip=-1&appbundle=0&latlong=[LATLONG]&domain=&adtype=x',
    );
    const values = outgoingMacros(params);
    expect(values).toEqual({
      PAGEURL: 'https%3A%2F%2Fwww.example.com%2Fa%3Fb%3Dc%26d',
      PLAYERSIZE: '640,360',
      CONTENTID: 'r.example%20v%201',
      IFA: '-2',
      DEVICEIP: '-1',
      APPBUNDLE: '0',
    });
  });

  it('gives what was sent back to who decodes it once', () => {
    for (const [name, [text]] of Object.entries(EXAMPLES)) {
      const encoded = outgoingMacros(readMacroParams([[name, text]]))[name.toUpperCase()] as string;
      expect(new URLSearchParams(`x=${encoded}`).get('x')).toBe(text);
      expect(expandMacros(`[${name.toUpperCase()}]`, { [name.toUpperCase()]: text.split(',') })).toBe(
        encoded,
      );
    }
  });

  it('stands beside values a server knows by itself', () => {
    expect(encodeMacros({ SERVERSIDE: 1, UNIVERSALADID: ['ad-id.org A', 'b'], IFA: null })).toEqual({
      SERVERSIDE: '1',
      UNIVERSALADID: 'ad-id.org%20A,b',
      IFA: '-1',
    });
  });
});

describe('sets of macros', () => {
  it('part what a player knows from what a server is told', () => {
    const names = new Set(VAST_MACROS.map(({ name }) => name));
    for (const name of [...PLAYER_MACROS, ...SERVER_MACROS, ...REQUEST_MACROS]) expect(names).toContain(name);
    expect(SERVER_MACROS.filter((name) => PLAYER_MACROS.includes(name))).toEqual([]);
    expect(SERVER_MACROS).toContain('IFA');
    // Of the call itself: when, which one, and by whom.
    for (const name of ['TIMESTAMP', 'CACHEBUSTING', 'SERVERSIDE']) expect(SERVER_MACROS).not.toContain(name);
    expect(REQUEST_MACROS).not.toContain('CONTENTPLAYHEAD');
  });

  it('write the query of a tag, which is read as unfilled when nobody fills it', () => {
    expect(macroQuery(['IFA', 'deviceua'])).toBe('ifa=[IFA]&deviceua=[DEVICEUA]');
    const { states } = read(macroQuery());
    expect(Object.keys(states)).toHaveLength(REQUEST_MACROS.length);
    expect(new Set(Object.values(states))).toEqual(new Set(['unfilled']));
  });

  it('say which versions a player reads', () => {
    expect(vastVersionsFrom([2, 3, 5, 6, 7, 8, 11, 14, 13, 1, 9, 99, 13])).toEqual({
      inline: ['2.0', '3.0', '4.0', '4.1', '4.2'],
      wrapper: ['2.0', '3.0', '4.0', '4.2'],
    });
  });
});
