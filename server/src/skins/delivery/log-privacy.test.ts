import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_POLICY, type PrivacySignals, readPrivacy } from '@cuepoint/consent';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DecisionRecord } from '../../kernel/delivery-protocol.ts';
import { call, until } from './testing/call.ts';
import { startFaceNode } from './testing/start-face-node.ts';

/*
 * What the log may keep of a viewer, looked for in the bytes on the disk: no reader of the log comes between.
 */

let node: Awaited<ReturnType<typeof startFaceNode>>;
beforeAll(async () => {
  node = await startFaceNode();
});
afterAll(() => node.close());

async function logBytes(): Promise<string> {
  const folder = join(node.options.dataDir, 'log', node.options.nodeId);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.log')).sort();
  const parts = await Promise.all(files.map((name) => readFile(join(folder, name))));
  return Buffer.concat(parts).toString('latin1');
}

const IFA = '8a5b4f0e-1c2d-4e3f-9a6b-7c8d9e0f1a2b';
/** Everything that says who the viewer is, and where exactly; each value occurs in nothing else. */
const PERSON = {
  ifa: IFA,
  uid: 'publisher-knows-her',
  sid: 'her-evening-stream',
  seg: 'segment-of-hers,age-30-40',
  city: 'Quitethisplace',
  postal: '99887',
  dma: '819',
};
const WRITTEN = {
  segment: 'segment-of-hers',
  city: 'Quitethisplace',
  postal: '99887',
  dma: '"dma"',
};
const NEVER = [IFA, PERSON.uid, PERSON.sid];

let number = 0;

/** Asks, reports an impression, and gives the bytes that the log has of both. */
async function logged(
  query: string,
  headers: Record<string, string> = {},
  who: Readonly<Record<string, string>> = PERSON,
) {
  const before = (await logBytes()).length;
  const requestId = `privacy-${++number}`;
  const person = new URLSearchParams(who).toString();
  const path = `/vast?pl=main&rid=${requestId}&${person}&${query}`;
  const { status, body } = await call(node.publicPort, path, { headers });
  expect(status).toBe(200);
  const impression = /<Impression id="cuepoint">(?:<!\[CDATA\[)?http:\/\/ads\.example([^<\]]+)/.exec(
    body,
  )![1]!;
  expect((await call(node.publicPort, impression, { headers })).status).toBe(200);
  await until(async () => (await logBytes()).includes(requestId));
  const bytes = (await logBytes()).slice(before);
  const [text] = /\{"type":"decision".*?"reason":(?:null|"\w+")\}/.exec(bytes)!;
  expect(text).toContain(`"requestId":"${requestId}"`);
  expect(bytes).toContain('"type":"event"');
  return { bytes, record: DecisionRecord.parse(JSON.parse(text!)) };
}

/** Consent of the reference library to purposes 1 to 4 and precise location: to be used, and not to be kept (7). */
const USED_NOT_KEPT = 'CQuf10AQuf10AAfACAENAwFoAPAAAAAAAAYgAAAAAAAA';
const CONSENT = 'CQuf10AQuf10AAfACAENAwFsAP_gAAAAAAYgAAAAAAAA';
const GPP_OPT_OUT = 'DBABLA~CEAQAAAAAABA.QA';
const GPP_NONE = 'DBABLA~CVQqAAAAAACA.QA';

type Case = [what: string, query: string, signals: Partial<PrivacySignals>, headers?: Record<string, string>];

const CASES: Case[] = [
  ['no signal', 'country=US', { country: 'US' }],
  ['US privacy, no opt-out', 'country=US&us_privacy=1YNN', { country: 'US', usPrivacy: '1YNN' }],
  ['US privacy, opted out', 'country=US&us_privacy=1YYN', { country: 'US', usPrivacy: '1YYN' }],
  ['limited tracking', 'country=US&lmt=1', { country: 'US', lmt: '1' }],
  ['limited tracking, by its macro', 'country=US&limitadtracking=1', { country: 'US', lmt: '1' }],
  ['children', 'country=US&coppa=1', { country: 'US', coppa: '1' }],
  ['children, by the macro', 'country=US&regulations=coppa', { country: 'US', coppa: '1' }],
  ['the global signal', 'country=US&gpc=1', { country: 'US', gpc: '1' }],
  ['the global signal as header', 'country=US', { country: 'US', gpc: '1' }, { 'Sec-GPC': '1' }],
  ['GPP, no opt-out', `country=US&gpp=${GPP_NONE}&gpp_sid=7`, { country: 'US', gpp: GPP_NONE, gppSid: '7' }],
  [
    'GPP, opted out',
    `country=US&gpp=${GPP_OPT_OUT}&gpp_sid=7`,
    { country: 'US', gpp: GPP_OPT_OUT, gppSid: '7' },
  ],
  [
    'GPP, opted out, by its macros',
    `country=US&gppstring=${GPP_OPT_OUT}&gppsectionid=7`,
    { country: 'US', gpp: GPP_OPT_OUT, gppSid: '7' },
  ],
  ['TCF, consent', `country=FR&gdpr=1&gdpr_consent=${CONSENT}`, { gdpr: '1', gdprConsent: CONSENT }],
  ['TCF, without purpose 7', `country=FR&gdpr_consent=${USED_NOT_KEPT}`, { gdprConsent: USED_NOT_KEPT }],
  ['TCF, no string', 'country=FR&gdpr=1', { gdpr: '1' }],
  ['TCF, no signal where it is presumed', 'country=DE', { country: 'DE' }],
  ['TCF, said not to apply', 'country=DE&gdpr=0', { country: 'DE', gdpr: '0' }],
  ['a signal that cannot be read', 'country=US&us_privacy=zzz', { country: 'US', usPrivacy: 'zzz' }],
];

describe('the bytes of the log', () => {
  it.each(CASES)('hold of a viewer what the signals allow: %s', async (_what, query, signals, headers) => {
    const { uses } = readPrivacy({ country: null, ...signals } as PrivacySignals, DEFAULT_POLICY);
    const { bytes, record } = await logged(query, headers);
    // Ids are never kept in clear, whatever is allowed.
    for (const text of NEVER) expect(bytes).not.toContain(text);
    const kept = Object.entries(WRITTEN)
      .filter(([, text]) => bytes.includes(text))
      .map(([name]) => name);
    if (uses.personal_log) {
      expect(kept).toEqual(Object.keys(WRITTEN));
      expect(record.request.identity).toMatch(/^[0-9a-f]{16}$/);
      expect(record.request.facts).toMatchObject({
        segment: PERSON.seg.split(','),
        postal: expect.any(String),
      });
      expect([record.request.mayLogViewer, record.readingsTruncated]).toEqual([undefined, false]);
      return;
    }
    expect(kept).toEqual([]);
    expect(record.request).toMatchObject({
      mayLogViewer: false,
      identity: null,
      identityKind: 'none',
      streamKeys: [],
    });
    for (const name of Object.keys(WRITTEN)) expect(record.request.facts).not.toHaveProperty(name);
    // Without the viewer it cannot be made again, and says so.
    expect([record.readings, record.readingsTruncated]).toEqual([[], true]);
  });

  it('are of both kinds here, so that neither is untried', () => {
    const keeps = CASES.map(
      ([, , signals]) =>
        readPrivacy({ country: null, ...signals } as PrivacySignals, DEFAULT_POLICY).uses.personal_log,
    );
    expect(keeps.filter(Boolean)).toHaveLength(5);
    expect(keeps.filter((one) => !one)).toHaveLength(13);
  });

  it('have no trace of an identity that was served by and may not be kept', async () => {
    const hashes = new Set<string>();
    const { ifa: _ifa, ...publishers } = PERSON;
    const { uid: _uid, ...household } = publishers;
    for (const who of [PERSON, publishers, household])
      hashes.add((await logged('country=US', {}, who)).record.request.identity!);
    expect(hashes.size).toBe(3);
    const { bytes, record } = await logged(`country=FR&gdpr_consent=${USED_NOT_KEPT}`);
    // What the answer was decided by is in no reading either.
    for (const hash of hashes) expect(bytes).not.toContain(hash);
    expect(record.ads).toHaveLength(1);
  });

  it('are all that the internal port shows, by id and among the newest', async () => {
    const { record } = await logged('country=US&lmt=1');
    const authorization = { Authorization: `Bearer ${node.options.planeKey}` };
    const page = await call(node.internalPort, '/internal/log?segment=1&offset=0&limit=1000', {
      headers: authorization,
    });
    expect(page.status).toBe(200);
    expect(page.body).toContain(record.decisionId);
    for (const text of NEVER) expect(page.body).not.toContain(text);
  });
});
