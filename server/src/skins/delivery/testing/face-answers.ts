import { lintVast, lintVmap, parseVast, parseVmap } from '@cuepoint/vast';
import { VASTParser } from '@dailymotion/vast-client';
import { DOMParser } from '@xmldom/xmldom';
import {
  SERVED_VAST_VERSIONS,
  type ServedVastVersion,
  type SnapshotCreative,
} from '../../../kernel/delivery-protocol.ts';
import { faceCreative, facePlacement } from './face-samples.ts';
import { type FakeEngine, fakeEngine } from './fake-engine.ts';
import { FACE_CREATIVES, FACE_PLACEMENTS } from './start-faces.ts';

/** One XML answer that the faces give, and what a player makes of it. */
export interface FaceAnswer {
  readonly name: string;
  readonly path: string;
  readonly version: ServedVastVersion;
  readonly kind: 'vast' | 'vmap';
  /** Ads that a player plays of each document: one, or those of the pod without the back-ups. */
  readonly ads: readonly number[];
}

/** Fits in no length that a creative has. */
const NOTHING = 'dur=5';
const BREAKS = 'breaks=pre,mid@00:10:00,mid@50%25,mid@%232,post&repeat=00:15:00';

/**
 * Every kind of XML answer in every served version: one ad, a break with back-ups, nothing, a break with nothing in it, the
 * breaks of an app, breaks at every kind of place with a repeat, breaks as tags, and breaks with nothing in them.
 * @param others keys of placements of `answerEngine`, each answered with one ad
 */
export function faceAnswers(others: readonly string[] = []): FaceAnswer[] {
  return SERVED_VAST_VERSIONS.flatMap((version) => {
    // VAST 2.0 has no breaks.
    const pod = version === '2.0' ? 1 : 3;
    const whole = version === '2.0' ? 1 : 5;
    const of = (kind: FaceAnswer['kind']) => (name: string, query: string, ads: number[]) => ({
      name: `${name} in ${version}`,
      path: `/${kind}?${query}&v=${version}`,
      version,
      kind,
      ads,
    });
    const vast = of('vast');
    const vmap = of('vmap');
    return [
      vast('one ad', 'pl=main', [1]),
      vast('a break with back-ups', version === '2.0' ? 'pl=break' : 'pl=break&poddur=70&maxads=3', [pod]),
      vast('no ad', `pl=main&${NOTHING}`, [0]),
      vast('a break without an ad', `pl=break&${NOTHING}`, [0]),
      ...others.map((key) => vast(`one ad of ${key}`, `pl=${key}`, [1])),
      vmap('the breaks of an app', 'pl=main', [1, whole, 1]),
      vmap('breaks with a repeat', `pl=main&${BREAKS}`, [1, whole, whole, whole, 1]),
      vmap('breaks as tags', `pl=main&${BREAKS}&inline=0`, []),
      vmap('breaks without an ad', `pl=main&${NOTHING}`, [0, 0, 0]),
    ];
  });
}

/** An engine for these answers; `others` are documents by key of the placement in which they are all there is. */
export function answerEngine(others: Readonly<Record<string, SnapshotCreative['vast']>> = {}): FakeEngine {
  const keys = Object.keys(others);
  const placements = keys.map((key, index) =>
    facePlacement({ id: `plc_other_${index}`, key, position: 'standalone', app: null }),
  );
  const creatives = keys.map((key, index) =>
    faceCreative(`crv_other_${index}`, 30_000, { vast: others[key]! }),
  );
  const chosen = new Map(placements.map(({ id }, index) => [id, creatives[index]!.id]));
  const standard = fakeEngine({ placements: FACE_PLACEMENTS, creatives: FACE_CREATIVES });
  const engine = fakeEngine({
    placements: [...FACE_PLACEMENTS, ...placements],
    creatives: [...FACE_CREATIVES, ...creatives],
    choose: (request) => {
      const only = chosen.get(request.placementId);
      if (only !== undefined) return { ads: [only] };
      const { ads, backups } = standard.decide(request, Date.now(), null);
      return { ads: ads.map((ad) => ad.creativeId), backups: backups.map((ad) => ad.creativeId) };
    },
  });
  return engine;
}

/** The VAST documents of an answer: itself, or those inside a VMAP as a player cuts them out. */
export function documentsIn(body: string, kind: FaceAnswer['kind']): string[] {
  if (kind === 'vast') return [body];
  return [...body.matchAll(/<vmap:VASTAdData>(.*?)<\/vmap:VASTAdData>/gs)].map((found) => found[1]!);
}

/** What is wrong with an answer by our own reader and lint and by a parser that players use; undefined when nothing is. */
export async function answerProblem(
  body: string,
  { kind, version, ads }: FaceAnswer,
): Promise<string | undefined> {
  if (kind === 'vmap') {
    const parsed = parseVmap(body);
    if (!parsed.ok) return parsed.message;
    const blocked = lintVmap(body).find(({ severity }) => severity === 'block');
    if (blocked) return `${blocked.rule} at ${blocked.path}`;
  }
  const documents = documentsIn(body, kind);
  if (documents.length !== ads.length) return `${documents.length} documents instead of ${ads.length}`;
  for (const [index, xml] of documents.entries()) {
    const parsed = parseVast(xml);
    if (!parsed.ok) return parsed.message;
    if (parsed.document.version !== version) return `VAST ${parsed.document.version}`;
    if (parsed.notes.length > 0) return JSON.stringify(parsed.notes[0]);
    const blocked = lintVast(xml).find(({ severity }) => severity === 'block');
    if (blocked) return `${blocked.rule} at ${blocked.path}`;
    const played = await playedBy(xml);
    if (played !== ads[index]) return `a player plays ${played} ads instead of ${ads[index]}`;
  }
  return undefined;
}

async function playedBy(xml: string): Promise<number> {
  const dom = new DOMParser().parseFromString(xml, 'text/xml') as unknown as Document;
  const { ads } = await new VASTParser().parseVAST(dom, { resolveAll: false });
  return ads.length;
}
