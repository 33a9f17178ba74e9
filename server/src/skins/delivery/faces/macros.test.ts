import { readFileSync } from 'node:fs';
import { type Ad, findMacros, type InlineAd, parseVast, VAST_MACROS } from '@cuepoint/vast';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.ts';
import { ASKS_ALL_MACROS, faceCreative, facePlacement } from '../testing/face-samples.ts';
import { fakeEngine } from '../testing/fake-engine.ts';
import { CONSENT, STATED, UUID } from '../testing/macro-samples.ts';
import { FACE_PLACEMENTS, type RunningFaces, startFaces } from '../testing/start-faces.ts';

const SITE = {
  id: 'app_2',
  name: 'A site',
  bundle: null,
  domain: 'news.example',
  network: null,
  channel: null,
};
const LISTED = {
  ...SITE,
  id: 'app_3',
  bundle: 'com.listed.tv',
  storeUrl: 'https://store.example/listed?id=7',
  storeId: '886445756',
};
const PLACEMENTS = [
  ...FACE_PLACEMENTS,
  facePlacement({ id: 'plc_7', key: 'listed', app: LISTED }),
  facePlacement({ id: 'plc_8', key: 'half', app: { ...LISTED, bundle: null, storeId: null } }),
  facePlacement({
    id: 'plc_6',
    key: 'site',
    app: SITE,
    allowedCategories: ['IAB1', 'IAB2-3', 'our-own'],
    blockedCategories: ['IAB7-39'],
  }),
];

let faces: RunningFaces;
let behindProxy: RunningFaces;
beforeAll(async () => {
  const engine = () =>
    fakeEngine({
      placements: PLACEMENTS,
      creatives: ['crv_1', 'crv_2'].map((id) => faceCreative(id, 20_000)),
    });
  faces = await startFaces(engine());
  behindProxy = await startFaces(engine(), 'http', ['127.0.0.1/32', '::1/128']);
});
afterAll(async () => {
  await faces.close();
  await behindProxy.close();
});

type Values = Record<string, string>;

/** What the tracker of one ad says for each macro, as written; those left for the caller are not there. */
function filledIn(url: string): Values {
  const pairs = url
    .slice(url.indexOf('?') + 1)
    .split('&')
    .map((pair) => pair.split('=') as [string, string]);
  expect(pairs.map(([name]) => name)).toEqual(VAST_MACROS.map(({ name }) => name));
  return Object.fromEntries(pairs.filter(([name, value]) => value !== `[${name}]`));
}

function trackerOf({ creatives }: Ad): string {
  const trackers = (creatives as InlineAd['creatives'])[0]!.linear!.trackingEvents!;
  return trackers.find(({ url }) => url.startsWith(ASKS_ALL_MACROS.split('?')[0]!))!.url;
}

async function fromVast(query: string, headers: Values = {}, port = faces.port): Promise<Values> {
  const { status, body } = await call(port, `/vast?${query}`, { headers });
  expect([status, body.slice(0, 5)]).toEqual([200, '<?xml']);
  const parsed = parseVast(body);
  if (!parsed.ok) throw new Error(parsed.message);
  return filledIn(trackerOf(parsed.document.ads[0]!));
}

/** Where the value of each is known only to whoever calls the address: when, by which call, by whom, and what plays. */
const CALLERS = [
  'TIMESTAMP',
  'CACHEBUSTING',
  'SERVERSIDE',
  'CONTENTPLAYHEAD',
  'MEDIAPLAYHEAD',
  'ADPLAYHEAD',
  'ADCOUNT',
  'ASSETURI',
  'PLAYERSTATE',
  'CLICKPOS',
  'ERRORCODE',
  'REASON',
];
const FILLED = VAST_MACROS.map(({ name }) => name).filter((name) => !CALLERS.includes(name));
/** What an ad says of itself, whatever the request says. */
const OF_THE_AD: Values = {
  ADTYPE: 'video',
  UNIVERSALADID: 'ad-id.org%20CNPA0484000H',
  ADSERVINGID: expect.stringMatching(/^dec_[0-9a-z]+$/) as unknown as string,
};
/** What the placement `main` says: a pre-roll in an app, ads of 5 to 60 seconds. */
const OF_THE_APP: Values = {
  BREAKPOSITION: '1',
  PLACEMENTTYPE: '1',
  BREAKMINADLENGTH: '5',
  BREAKMAXADLENGTH: '60',
  APPBUNDLE: 'com.example.tv',
  PAGEURL: '0',
};

const query = (values: Values) => new URLSearchParams(values).toString().replaceAll('+', '%20');
const all = (value: string) => query(Object.fromEntries(Object.keys(STATED).map((name) => [name, value])));

describe('the 59 macros of the standard', () => {
  it('are all stated here', () => {
    const names = VAST_MACROS.map(({ name }) => name.toLowerCase());
    expect(Object.keys(STATED).sort()).toEqual(names.sort());
    expect(names).toHaveLength(59);
  });

  it('stand once each in the table of the protocol, with who fills them', () => {
    const file = new URL('../../../../../docs/protocols/delivery.md', import.meta.url);
    const section = readFileSync(file, 'utf8')
      .split('### Macros in addresses of others')[1]!
      .split('### ')[0]!;
    const rows = [...section.matchAll(/^\| (`[A-Z`, ]+) \| ([a-z, ]+) \| /gm)];
    const namesOf = (cell: string) => cell.replaceAll('`', '').split(', ');
    expect(rows.flatMap(([, cell]) => namesOf(cell!)).sort()).toEqual(
      VAST_MACROS.map(({ name }) => name).sort(),
    );
    const callers = rows.filter(([, , who]) => who === 'caller').flatMap(([, cell]) => namesOf(cell!));
    expect(callers.sort()).toEqual([...CALLERS].sort());
  });

  it('are handed on as the request states them, encoded once, but for those of the caller and the ad', async () => {
    const out = await fromVast(`pl=main&${query(STATED)}`);
    const expected: Values = {};
    for (const name of FILLED.filter((one) => one !== 'PODSEQUENCE'))
      expected[name] = STATED[name.toLowerCase()]!;
    const decoded = Object.fromEntries(
      Object.entries(out).map(([name, text]) => [name, decodeURIComponent(text)]),
    );
    expect(decoded).toEqual({ ...expected, ...OF_THE_AD, UNIVERSALADID: 'ad-id.org CNPA0484000H' });
    // Lists are joined by plain commas, everything else that is not unreserved is escaped.
    expect(out).toMatchObject({
      MEDIAMIME: 'video%2Fmp4,application%2Fx-mpegURL',
      LATLONG: '51.004703,3.754806',
      PAGEURL: 'https%3A%2F%2Fwww.publisher.example%2Fa%3Fq%3D1%26r%3D%2520%23top',
      DEVICEIP: '2001%3Adb8%3A85a3%3A%3A8a2e%3A370%3A7334',
      APPBUNDLE: 'com.example%2F%C3%A4%20b%26c',
      EXTENSIONS: 'AdVerifications,a%20b',
    });
  });

  it.each([
    ['without any', ''],
    ['when all are empty', all('')],
    [
      'when all were left unfilled',
      VAST_MACROS.map(({ name }) => `${name.toLowerCase()}=[${name}]`).join('&'),
    ],
  ])(
    'are filled by what the node knows itself, and left for the caller otherwise: %s',
    async (_when, rest) => {
      expect(await fromVast(`pl=main&country=US&${rest}`)).toEqual({ ...OF_THE_APP, ...OF_THE_AD });
    },
  );

  it('hand on -1 where the node does not know better, and -2 always', async () => {
    const unknown = await fromVast(`pl=main&country=US&${all('-1')}`);
    const expected = Object.fromEntries(FILLED.map((name) => [name, '-1']));
    delete expected.PODSEQUENCE;
    expect(unknown).toEqual({ ...expected, ...OF_THE_APP, ...OF_THE_AD });
    const withheld = await fromVast(`pl=main&country=US&${all('-2')}`);
    for (const name in expected) expected[name] = '-2';
    expect(withheld).toEqual({ ...expected, ...OF_THE_AD });
  });
});

describe('what the node knows itself', () => {
  it('is the break, and the place of each ad in it', async () => {
    const { body } = await call(faces.port, '/vast?pl=break&poddur=45.5&maxads=4&country=US');
    const parsed = parseVast(body);
    if (!parsed.ok) throw new Error(parsed.message);
    const values = parsed.document.ads.map((ad) => filledIn(trackerOf(ad)));
    expect(values.map(({ PODSEQUENCE }) => PODSEQUENCE)).toEqual(['1', '2']);
    for (const one of values)
      expect(one).toMatchObject({ BREAKPOSITION: '2', BREAKMAXDURATION: '45', BREAKMAXADS: '4' });
  });

  it('is the site, which has a domain and no bundle, and the categories of its placement', async () => {
    const out = await fromVast('pl=site&country=US&bcat=IAB8&w=1280&h=720&mimes=video/mp4');
    expect(out).toMatchObject({
      DOMAIN: 'news.example',
      APPBUNDLE: '0',
      ADCATEGORIES: 'IAB1,IAB2-3',
      BLOCKEDADCATEGORIES: 'IAB8,IAB7-39',
      PLAYERSIZE: '1280,720',
      MEDIAMIME: 'video%2Fmp4',
    });
    for (const left of ['PAGEURL', 'PLACEMENTTYPE']) expect(out).not.toHaveProperty(left);
  });

  it.each([
    ['', 'https://store.example/listed?id=7', '886445756'],
    [
      'appbundle=com.listed.tv&storeid=-1&storeurl=[STOREURL]',
      'https://store.example/listed?id=7',
      '886445756',
    ],
    ['storeid=886445756', 'https://store.example/listed?id=7', '886445756'],
    // The request's own word comes first.
    ['storeurl=https://other.example/1', 'https://other.example/1', '886445756'],
    ['storeid=-2', 'https://store.example/listed?id=7', '-2'],
    // Who names another app is not told the store of this one.
    ['storeid=111', undefined, '111'],
    ['app=com.other.tv', undefined, undefined],
    ['appbundle=com.other.tv&storeid=111', undefined, '111'],
  ])('is the store of the app, of one app alone: %s', async (rest, storeUrl, storeId) => {
    const { STOREURL, STOREID } = await fromVast(`pl=listed&country=US&${rest}`);
    expect(STOREURL && decodeURIComponent(STOREURL)).toBe(storeUrl);
    expect(STOREID).toBe(storeId);
  });

  it('is as much of the store as the app says', async () => {
    const out = await fromVast('pl=half&country=US&app=com.any.tv');
    expect(out).toMatchObject({ STOREURL: 'https%3A%2F%2Fstore.example%2Flisted%3Fid%3D7' });
    expect(out).not.toHaveProperty('STOREID');
  });

  it('is nothing of where a placement lies that lies nowhere', async () => {
    const out = await fromVast('pl=loose&country=US');
    expect(out).toEqual({ ...OF_THE_AD, BREAKPOSITION: '4', BREAKMINADLENGTH: '5', BREAKMAXADLENGTH: '60' });
  });

  it('is the transaction where a request id is one, as in our own tags', async () => {
    expect(await fromVast(`pl=main&country=US&rid=${UUID}`)).toMatchObject({ TRANSACTIONID: UUID });
    expect(await fromVast('pl=main&country=US&rid=mine-1')).not.toHaveProperty('TRANSACTIONID');
  });

  it('is in tags of a VMAP the transaction, and no position of another break', async () => {
    const { body } = await call(faces.port, `/vmap?pl=main&inline=0&rid=${UUID}&breakposition=2`);
    const tags = [...body.matchAll(/http:\/\/ads\.example\/vast\?([^<\]]+)/g)].map(
      ([, text]) => new URLSearchParams(text!.replaceAll('&amp;', '&')),
    );
    expect(tags.map((tag) => [tag.get('transactionid'), tag.get('rid'), tag.get('breakposition')])).toEqual(
      Array.from({ length: 3 }, () => [UUID, null, null]),
    );
  });

  it('is each position of a VMAP, whatever its request says of one', async () => {
    const { body } = await call(faces.port, '/vmap?pl=main&country=US&breakposition=2');
    expect([...body.matchAll(/[?;]BREAKPOSITION=([^&]*)&/g)].map(([, value]) => value)).toEqual([
      '1',
      '2',
      '2',
      '3',
    ]);
  });

  it('is the device behind a server that is believed, and that server', async () => {
    const headers = {
      'User-Agent': 'Stitcher/3.0',
      'X-Device-IP': '192.0.2.7',
      'X-Device-User-Agent': 'Roku/DVP-9.10',
    };
    const own = { DEVICEUA: 'Roku%2FDVP-9.10', DEVICEIP: '192.0.2.7', SERVERUA: 'Stitcher%2F3.0' };
    expect(await fromVast('pl=main&country=US', headers, behindProxy.port)).toMatchObject(own);
    const limited = await fromVast('pl=main&country=US&lmt=1', headers, behindProxy.port);
    expect(limited).toMatchObject({ ...own, DEVICEIP: '-2', LIMITADTRACKING: '1' });
    // Anybody may write headers; and of a player itself third parties see address and agent.
    const stranger = await fromVast('pl=main&country=US', headers);
    for (const name in own) expect(stranger).not.toHaveProperty(name);
    const player = await fromVast('pl=main&country=US', { 'User-Agent': 'Roku' }, behindProxy.port);
    for (const name in own) expect(player).not.toHaveProperty(name);
  });
});

describe('privacy', () => {
  const person = query({ ifa: UUID, deviceip: '192.0.2.7', latlong: '51.0,3.7' });

  it.each([
    ['limited tracking', 'lmt=1', { LIMITADTRACKING: '1' }],
    ['children', 'coppa=1', { REGULATIONS: 'coppa' }],
    ['consent refused', 'gdpr=1', { REGULATIONS: 'gdpr' }],
    ['an opt-out in GPP', 'gpp=DBABLA~CEAQAAAAAABA.QA&gpp_sid=7', { GPPSTRING: 'DBABLA~CEAQAAAAAABA.QA' }],
    ['the global signal', 'gpc=1', {}],
  ])('keeps from third parties what it keeps from the node: %s', async (_what, signal, also) => {
    const out = await fromVast(`pl=main&country=US&${signal}&${person}`);
    expect(out).toMatchObject({ IFA: '-2', DEVICEIP: '-2', LATLONG: '-2', ...also });
  });

  it('reads what cannot be decoded as a signal, and refuses no answer for it', async () => {
    expect(await fromVast('pl=main&country=US&coppa=%zz&lmt=0')).not.toHaveProperty('REGULATIONS');
    const torn = await fromVast(`pl=main&gdprconsent=${CONSENT}&gdpr_consent=%zz`);
    expect(torn).toMatchObject({ GDPRCONSENT: '-1' });
  });

  it('hands consent on as it was read, and no half of a contradiction', async () => {
    const consented = await fromVast(`pl=main&gdpr=1&gdpr_consent=${CONSENT}&${person}`);
    expect(consented).toMatchObject({ GDPRCONSENT: CONSENT, REGULATIONS: 'gdpr', IFA: UUID });
    for (const other of ['gdpr_consent=CQ', 'gdprconsent=CQ']) {
      const torn = await fromVast(`pl=main&gdpr=1&gdpr_consent=${CONSENT}&${other}&${person}`);
      expect(torn).toMatchObject({ GDPRCONSENT: '-1', IFA: '-2' });
    }
  });
});

describe('answers that are not VAST', () => {
  it.each(['/api/v1/pod', '/api/v1/interstitials'])(
    '%s fills the same, and leaves to the stitcher or player what describes its call',
    async (path) => {
      const { body } = await call(faces.port, `${path}?pl=break&country=US&serverside=1&ifa=${UUID}`);
      const urls = [...body.matchAll(/"(https:\/\/third\.example\/all[^"]*)"/g)].map(([, url]) => url!);
      expect(urls).toHaveLength(2);
      for (const [index, url] of urls.entries()) {
        const out = filledIn(url);
        expect(out).toEqual({
          ...OF_THE_APP,
          ...OF_THE_AD,
          IFA: UUID,
          BREAKPOSITION: '2',
          BREAKMAXDURATION: '120',
          BREAKMAXADS: '6',
          PODSEQUENCE: String(index + 1),
        });
        const left = findMacros(url).map(({ name }) => name);
        for (const name of CALLERS) expect(left).toContain(name);
      }
    },
  );
});
