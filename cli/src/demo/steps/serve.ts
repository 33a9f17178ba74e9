import { setTimeout as wait } from 'node:timers/promises';
import { exitCodes } from '@cuepoint/contract';
import { lintVast } from '@cuepoint/vast';
import { CommandError } from '../../output/failure.ts';
import type { DemoContext } from '../context.ts';
import {
  type Answer,
  askByRequest,
  askByTag,
  click,
  fire,
  firstBytes,
  type PlayedEvent,
  type PlayerAd,
  playedEvents,
  reachedAfterMs,
  reportImpression,
} from '../player.ts';
import type { BriefOutcome, CreativeOutcome, Refusal, ServingOutcome, TagOutcome } from '../result.ts';
import { askOf, isOf } from './approve.ts';
import { goFirst } from './go-first.ts';

const everyMs = 100;
const snapshotLimitMs = 20_000;
/** Players at the same time. */
const players = 8;

/** Ads that have begun to play. */
export interface Serving {
  outcome: ServingOutcome;
  /** Until every viewer has seen as much as he wants to, as long as that takes; what was fired is in `outcome` then. */
  watched: () => Promise<void>;
}

/** Asks for ads as players do, begins to play them, clicks once, and tries what must not count. */
export async function serve(
  context: DemoContext,
  brief: BriefOutcome,
  creative: CreativeOutcome,
  tag: TagOutcome,
): Promise<Serving> {
  const restore = await goFirst(context, brief);
  try {
    return await play(context, creative, tag);
  } finally {
    await restore();
  }
}

async function play(
  context: DemoContext,
  creative: CreativeOutcome,
  { tagUrl }: TagOutcome,
): Promise<Serving> {
  const { terminal, options } = context;
  const origin = context.target.origin ?? '';
  const run = Date.now().toString(36);
  terminal.progress('snapshot', 'waiting until the delivery plane knows the approval');
  const first = await firstAd(context, creative, tagUrl, run);

  const asked = { vast: 0, adRequest: 1 };
  const noAd: Record<string, number> = {};
  const ads: PlayerAd[] = [first.ad!];
  const tookMs = [first.tookMs];
  let otherAds = 0;
  await inParallel(options.ads - 1, async (index) => {
    const requestId = `demo-${run}-${index + 1}`;
    const byTag = index % 2 === 0;
    asked[byTag ? 'vast' : 'adRequest']++;
    const answer = byTag
      ? await askByTag(tagUrl, requestId)
      : await askByRequest(origin, askOf(tagUrl, requestId));
    tookMs.push(answer.tookMs);
    if (answer.ad && isOf(answer.ad, creative)) ads.push(answer.ad);
    else if (answer.ad) otherAds++;
    else noAd[answer.reason ?? 'unknown'] = (noAd[answer.reason ?? 'unknown'] ?? 0) + 1;
    terminal.progress('asking', `asking for ads: ${ads.length} of ${options.ads}`);
  });

  const media = await loadMedia(first.ad!);
  const fired: Record<string, number> = {};
  let impressionsByApi = 0;
  terminal.progress('playing', `playing ${ads.length} ads`);
  await inParallel(ads.length, async (index) => {
    const ad = ads[index]!;
    const plan = planOf(index);
    if (!plan.shown) return;
    if (ad.via === 'ad_request' && index % 4 === 1) {
      await requireCounted(origin, ad);
      impressionsByApi++;
    } else await requireFired(ad.impressionUrl, 'impression');
    fired.impression = (fired.impression ?? 0) + 1;
  });
  const watching = watch(ads, creative.durationMs, fired).then(
    () => null,
    (error: unknown) => ({ error }),
  );

  const clicked = await click(first.ad!.clickUrl);
  if (clicked.status !== 302 || clicked.location !== creative.clickThroughUrl)
    throw new CommandError(
      `the click was answered ${clicked.status} to "${clicked.location}"; booked is ${creative.clickThroughUrl}`,
    );
  fired.click = 1;
  const refusals = await tryWhatMustNotCount(origin, first.ad!);
  tookMs.sort((left, right) => left - right);
  const outcome = {
    asked,
    ads: ads.length,
    otherAds,
    noAd,
    media,
    fired,
    impressionsByApi,
    click: clicked,
    refusals,
    servedVastFindings: lintVast(first.ad!.xml).filter((finding) => finding.severity === 'block').length,
    latencyMs: { p50: tookMs[Math.floor(tookMs.length / 2)]!, max: tookMs.at(-1)! },
    lastEventAt: new Date().toISOString(),
  };
  return {
    outcome,
    async watched() {
      const failed = await watching;
      if (failed) throw failed.error;
      outcome.lastEventAt = new Date().toISOString();
    },
  };
}

/** Everybody watches at the same time, and an event comes when its part of the ad has played. */
async function watch(
  ads: readonly PlayerAd[],
  durationMs: number,
  fired: Record<string, number>,
): Promise<void> {
  const beganAt = performance.now();
  for (const event of playedEvents) {
    await wait(Math.max(0, beganAt + reachedAfterMs(event, durationMs) - performance.now()));
    await inParallel(ads.length, async (index) => {
      if (!planOf(index).events.includes(event)) return;
      await requireFired(ads[index]!.tracking[event]!, event);
      fired[event] = (fired[event] ?? 0) + 1;
    });
  }
}

/** The delivery plane learns of an approval within moments; until then it serves nothing of it. */
async function firstAd(
  { target, own }: DemoContext,
  creative: CreativeOutcome,
  tagUrl: string,
  run: string,
): Promise<Answer> {
  const giveUpAt = performance.now() + snapshotLimitMs;
  for (let ask = 1; ; ask++) {
    const answer = await askByRequest(target.origin ?? '', askOf(tagUrl, `demo-${run}-first-${ask}`));
    if (answer.ad && isOf(answer.ad, creative)) return answer;
    if (performance.now() > giveUpAt) {
      const found = answer.ad ? 'an ad of another campaign' : `no ad (${answer.reason})`;
      throw new CommandError(
        `the approved creative was not served within ${snapshotLimitMs / 1000} s: the last answer was ${found}`,
        exitCodes.failure,
        own ? undefined : 'Other campaigns of the account may be served first.',
      );
    }
    await wait(everyMs);
  }
}

/** How far the viewers of a demo watch: most to the end, some leave, one in twenty never sees the ad. */
export function planOf(index: number): { shown: boolean; events: PlayedEvent[] } {
  if (index % 20 === 19) return { shown: false, events: [] };
  const watched = { 6: 4, 7: 3, 8: 1 }[index % 10] ?? playedEvents.length;
  return { shown: true, events: playedEvents.slice(0, watched) };
}

async function loadMedia(ad: PlayerAd): Promise<ServingOutcome['media']> {
  const { status, contentType, bytes } = await firstBytes(ad.mediaUrl);
  // ISO/IEC 14496-12: a file begins with its type box.
  const boxType = bytes.subarray(4, 8).toString('latin1');
  if (status !== 206 || boxType !== 'ftyp')
    throw new CommandError(
      `${ad.mediaUrl} answered ${status} and begins with "${boxType}"; expected 206 and an MP4`,
    );
  return { url: ad.mediaUrl, status, contentType, firstBytes: boxType };
}

async function requireFired(url: string, event: string): Promise<void> {
  const { status, code } = await fire(url);
  if (status !== 200)
    throw new CommandError(`the ${event} was answered ${status}${code ? ` (${code})` : ''}`);
}

async function requireCounted(origin: string, ad: PlayerAd): Promise<void> {
  const { status, answer } = await reportImpression(origin, ad.impressionUrl);
  if (status !== 200 || answer !== 'counted')
    throw new CommandError(`POST /api/v1/impression answered ${status}: ${answer}`);
}

/** A forged address is refused, a repeated one is answered and counts nothing: the report will show it. */
async function tryWhatMustNotCount(origin: string, ad: PlayerAd): Promise<Refusal[]> {
  const last = ad.impressionUrl.at(-1)!;
  const forged = `${ad.impressionUrl.slice(0, -1)}${last === 'A' ? 'B' : 'A'}`;
  const forgedAnswer = await fire(forged);
  if (forgedAnswer.code !== 'link.forged')
    throw new CommandError(`a forged impression was answered ${forgedAnswer.status}, not refused`);
  await requireFired(ad.impressionUrl, 'repeated impression');
  const repeated = await reportImpression(origin, ad.impressionUrl);
  if (repeated.answer !== 'duplicate')
    throw new CommandError(`a repeated impression was answered "${repeated.answer}", not as a duplicate`);
  return [
    { tried: 'a forged impression', answer: `${forgedAnswer.status} ${forgedAnswer.code}` },
    { tried: 'the same impression twice more', answer: 'answered, marked duplicate, not counted' },
  ];
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: Math.min(players, count) }, worker));
}
