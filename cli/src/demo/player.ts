import { expandMacros, type InlineAd, parseVast } from '@cuepoint/vast';

/** An ad as a player holds it. */
export interface PlayerAd {
  via: 'vast' | 'ad_request';
  /** Says which creative it is, the same in every system. */
  universalAdId: string;
  mediaUrl: string;
  impressionUrl: string;
  /** Address by event: start, quartiles, complete. */
  tracking: Readonly<Record<string, string>>;
  clickUrl: string;
  xml: string;
}

export interface Answer {
  ad: PlayerAd | null;
  /** Why there is no ad, as far as the answer tells. */
  reason: string | null;
  tookMs: number;
}

const events = ['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete'] as const;
export type PlayedEvent = (typeof events)[number];
export const playedEvents: readonly PlayedEvent[] = events;

/** How far into an ad each event lies. */
const SHARE_OF: Readonly<Record<PlayedEvent, number>> = {
  start: 0,
  firstQuartile: 0.25,
  midpoint: 0.5,
  thirdQuartile: 0.75,
  complete: 1,
};

/** When an ad of this length that has just begun reaches an event, in ms from now. */
export function reachedAfterMs(event: PlayedEvent, durationMs: number): number {
  return SHARE_OF[event] * durationMs;
}

/** A television's: what nobody watches on is no viewer's, and is not counted. */
const AGENT = {
  'User-Agent':
    'Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/6.0 TV Safari/537.36',
};

/** Asks as a player does that was given a tag: macros filled, the document parsed. */
export async function askByTag(tagUrl: string, requestId: string): Promise<Answer> {
  const url = expandMacros(
    tagUrl,
    { TRANSACTIONID: requestId, CACHEBUSTING: String(10_000_000 + Math.floor(Math.random() * 89_999_999)) },
    { missing: 'unknown' },
  );
  const started = performance.now();
  const response = await fetch(url, { headers: AGENT });
  const xml = await response.text();
  const tookMs = performance.now() - started;
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}: ${xml.slice(0, 300)}`);
  const parsed = parseVast(xml);
  if (!parsed.ok) throw new Error(`${url} answered no VAST: ${parsed.message}`);
  const [ad] = parsed.document.ads;
  if (ad?.kind !== 'inline') return { ad: null, reason: 'empty document', tookMs };
  return { ad: readInline(ad, 'vast', xml), reason: null, tookMs };
}

interface AdRequestAnswer {
  code?: string;
  ad?: null;
  reason?: string;
  detail?: string;
  vast?: string;
  tracking?: Record<string, string>;
  video_url?: string;
}

/** Asks as an application does: JSON in, JSON out. */
export async function askByRequest(
  origin: string,
  body: { request_id: string; duration: number; min_duration: number; placement?: string },
): Promise<Answer> {
  const started = performance.now();
  const response = await fetch(`${origin}/api/v1/ad-request`, {
    method: 'POST',
    headers: { ...AGENT, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as AdRequestAnswer;
  const tookMs = performance.now() - started;
  if (answer.code === 'delivery.not_ready') return { ad: null, reason: answer.code, tookMs };
  if (!response.ok)
    throw new Error(`POST /api/v1/ad-request answered ${response.status}: ${answer.detail ?? ''}`);
  const { vast, tracking, video_url: mediaUrl } = answer;
  if (!vast || !tracking || !mediaUrl)
    return { ad: null, reason: answer.reason ?? 'no reason given', tookMs };
  const parsed = parseVast(vast);
  const inline = parsed.ok ? parsed.document.ads[0] : undefined;
  if (inline?.kind !== 'inline') throw new Error('the ad answer holds no inline VAST');
  const read = readInline(inline, 'ad_request', vast);
  const named = (event: string) => {
    const url = tracking[event];
    if (!url) throw new Error(`the ad answer has no address for ${event}`);
    return url;
  };
  const ad: PlayerAd = {
    ...read,
    mediaUrl,
    impressionUrl: named('impression'),
    tracking: Object.fromEntries(events.map((event) => [event, named(event)])),
    clickUrl: named('click'),
  };
  return { ad, reason: null, tookMs };
}

function readInline(ad: InlineAd, via: PlayerAd['via'], xml: string): PlayerAd {
  const creative = ad.creatives.find((one) => one.linear !== undefined);
  const linear = creative?.linear;
  const media = linear?.mediaFiles[0];
  const impression = ad.impressions[0];
  const click = linear?.videoClicks?.clickThrough;
  if (!creative || !linear || !media || !impression || !click)
    throw new Error('the document lacks media, impression or click address');
  const tracking: Record<string, string> = {};
  for (const event of events) {
    const found = linear.trackingEvents?.find((one) => one.event === event);
    if (!found) throw new Error(`the document has no tracking address for ${event}`);
    tracking[event] = found.url;
  }
  return {
    via,
    universalAdId: creative.universalAdIds?.[0]?.value ?? '',
    mediaUrl: media.url,
    impressionUrl: impression.url,
    tracking,
    clickUrl: click.url,
    xml,
  };
}

/** The start of the file, as a player loads it first. */
export async function firstBytes(
  url: string,
): Promise<{ status: number; contentType: string; bytes: Buffer }> {
  const response = await fetch(url, { headers: { Range: 'bytes=0-1023' } });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

/** Fires a tracking pixel; answers once the event is safe. */
export async function fire(url: string): Promise<{ status: number; code: string | null }> {
  const response = await fetch(url, { headers: AGENT });
  if (response.ok) {
    await response.arrayBuffer();
    return { status: response.status, code: null };
  }
  const problem = (await response.json().catch(() => ({}))) as { code?: string };
  return { status: response.status, code: problem.code ?? null };
}

/** Reports an impression the way a caller without pixels does. */
export async function reportImpression(
  origin: string,
  impressionUrl: string,
): Promise<{ status: number; answer: string }> {
  const response = await fetch(`${origin}/api/v1/impression`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: impressionUrl }),
  });
  const body = (await response.json()) as { status?: string | number; code?: string };
  return { status: response.status, answer: body.code ?? String(body.status) };
}

/** Where a click leads; not followed. */
export async function click(url: string): Promise<{ status: number; location: string }> {
  const response = await fetch(url, { headers: AGENT, redirect: 'manual' });
  await response.arrayBuffer();
  return { status: response.status, location: response.headers.get('location') ?? '' };
}
