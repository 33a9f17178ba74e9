import { MAX_WRAPPER_DEPTH, VAST_WRAPPER_DEPTH_EXCEEDED } from './codes.ts';
import type { Ad, Category, InlineAd, VastDocument, WrapperAd } from './model.ts';
import type { ParseResult } from './parse.ts';

/*
 * The rules for following wrappers, without the following: a resolver fetches, this decides (VAST 4.3, sections
 * 2.3.5, 2.3.6 and 3.19). Everything is a value; nothing is changed in place.
 */

/** A wrapper that was followed. */
export interface WrapperHop {
  readonly wrapper: WrapperAd;
  /** Where it led, before macros were filled. */
  readonly url: string;
}

/** The wrappers on the way to a response, the outermost first. */
export interface WrapperChain {
  readonly hops: readonly WrapperHop[];
  /** The tag the chain started from, when it is known; used to see loops. */
  readonly startUrl?: string;
  /** Wrappers followed by others before the chain started; 0 when absent. */
  readonly startDepth?: number;
}

/** Bounds of a resolver. */
export interface ChainOptions {
  /** Wrappers followed before giving up; MAX_WRAPPER_DEPTH (5) by default. */
  readonly maxDepth?: number;
}

/**
 * A chain with nothing followed yet.
 * @param url the tag it starts from; @param depth wrappers that others followed before (a server that resolves a part)
 */
export function startChain({ url, depth = 0 }: { url?: string; depth?: number } = {}): WrapperChain {
  return {
    hops: [],
    ...(url === undefined ? {} : { startUrl: url }),
    ...(depth > 0 ? { startDepth: depth } : {}),
  };
}

/** Wrappers followed so far, by whomever. */
export function depthOf(chain: WrapperChain): number {
  return chain.hops.length + (chain.startDepth ?? 0);
}

/** Something to tell the ad servers of a chain: the code for [ERRORCODE] and the URLs to call, each once. */
export interface ChainReport {
  /** VAST error code, one of VAST_ERROR_CODES. */
  readonly errorCode: number;
  readonly message: string;
  /** Error URLs of the ad and of every wrapper before it, macros unfilled. */
  readonly errorUrls: readonly string[];
}

/** Why a wrapper is not followed. */
export interface WrapperRefusal extends ChainReport {
  readonly ok: false;
  /** Set for depth and loop: without a limit both would go on for ever. */
  readonly code?: typeof VAST_WRAPPER_DEPTH_EXCEEDED;
  readonly reason: 'depth' | 'loop' | 'no-uri';
}

/** The chain with one more wrapper, and what to fetch next. */
export interface WrapperFollowed {
  readonly ok: true;
  readonly chain: WrapperChain;
  readonly url: string;
}

/**
 * Whether a wrapper may be followed. Depth and loops are error 302: the standard has no code of its own for a
 * loop, and five wrappers are what it asks players to follow. A missing VASTAdTagURI is error 101.
 */
export function followWrapper(
  chain: WrapperChain,
  wrapper: WrapperAd,
  options: ChainOptions = {},
): WrapperFollowed | WrapperRefusal {
  const maxDepth = options.maxDepth ?? MAX_WRAPPER_DEPTH;
  const url = wrapper.vastAdTagUri;
  const refuse = (reason: WrapperRefusal['reason'], errorCode: number, message: string): WrapperRefusal => ({
    ok: false,
    reason,
    errorCode,
    message,
    errorUrls: errorUrlsOf(chain, wrapper),
    ...(reason === 'no-uri' ? {} : { code: VAST_WRAPPER_DEPTH_EXCEEDED }),
  });
  if (url === null) return refuse('no-uri', 101, 'the wrapper has no VASTAdTagURI to follow');
  if (chain.startUrl === url || chain.hops.some((hop) => hop.url === url))
    return refuse('loop', 302, `the wrapper leads back to ${url.slice(0, 200)}, which was followed before`);
  const depth = depthOf(chain);
  if (depth >= maxDepth)
    return refuse('depth', 302, `${depth} wrappers were followed, at most ${maxDepth} are`);
  return { ok: true, url, chain: { ...chain, hops: [...chain.hops, { wrapper, url }] } };
}

/** What a resolver got for the last URL of a chain: a parsed answer, or that there was none in time. */
export type ChainAnswer = ParseResult | { readonly ok: false; readonly code: 'unreachable' };

/** What may be played of an answer. */
export interface AdmittedAds {
  /** In the order of the answer; wrappers among them are still to be followed. */
  readonly ads: readonly Ad[];
  /** Ads that were in the answer and are not played, each with its report. */
  readonly rejected: readonly (ChainReport & { readonly ad: Ad })[];
  /** Set when nothing is left to play: 100 to 102, 301 or 303, for every wrapper of the chain. */
  readonly noAd?: ChainReport;
}

/**
 * Applies what the last wrapper of the chain allows to the answer it led to: followAdditionalWrappers (true when
 * absent), allowMultipleAds (false when absent: only the first stand-alone ad; a single ad is taken whatever its
 * sequence) and the blocked categories of all wrappers. At the start of a chain everything is allowed.
 */
export function admitAds(chain: WrapperChain, answer: ChainAnswer): AdmittedAds {
  if (!answer.ok) {
    const unreachable = answer.code === 'unreachable';
    const errorCode = unreachable ? 301 : answer.errorCode;
    const message = unreachable ? 'the wrapped tag did not answer in time' : answer.message;
    return { ads: [], rejected: [], noAd: { errorCode, message, errorUrls: errorUrlsOf(chain) } };
  }
  const { document } = answer;
  const last = chain.hops.at(-1)?.wrapper;
  const rejected: (ChainReport & { ad: Ad })[] = [];
  const reject = (ad: Ad, errorCode: number, message: string): void => {
    rejected.push({ ad, errorCode, message, errorUrls: errorUrlsOf(chain, ad) });
  };
  const blocked = chain.hops.flatMap((hop) => hop.wrapper.blockedAdCategories ?? []);
  let ads = document.ads.filter((ad) => {
    if (ad.kind === 'wrapper') {
      if (last?.followAdditionalWrappers !== false) return true;
      reject(ad, 300, 'the wrapper before it does not allow another (followAdditionalWrappers)');
      return false;
    }
    const code = blockedCategory(ad, blocked);
    if (code === undefined) return true;
    reject(ad, 205, `its category ${code} is blocked by a wrapper (BlockedAdCategories)`);
    return false;
  });
  if (last && last.allowMultipleAds !== true && ads.length > 1) {
    const only = ads.find(({ sequence }) => sequence === undefined);
    for (const ad of ads)
      if (ad !== only) reject(ad, 200, 'the wrapper allows one stand-alone ad only (allowMultipleAds)');
    ads = only ? [only] : [];
  }
  return ads.length > 0 ? { ads, rejected } : { ads, rejected, noAd: noAdReport(chain, document) };
}

function noAdReport(chain: WrapperChain, document: VastDocument): ChainReport {
  const told = [...(document.errorUrls ?? []), ...errorUrlsOf(chain)];
  const message = `the answer after ${depthOf(chain)} wrappers holds no ad that may be played`;
  return { errorCode: 303, message, errorUrls: [...new Set(told)] };
}

/** Where to look for another ad after a wrapper led to none (VAST 4.3, section 3.19, fallbackOnNoAd). */
export type Fallback =
  | { readonly to: 'stand-alone'; readonly ads: readonly Ad[] }
  | { readonly to: 'next-in-pod' }
  | { readonly to: 'player' };

/**
 * What follows a wrapper that led to no ad: the unplayed stand-alone ads beside it when it says so, the next ad of
 * its pod, or whatever the player likes.
 * @param document the response the wrapper stands in
 */
export function fallbackAfter(wrapper: WrapperAd, document: VastDocument): Fallback {
  const ads = document.ads.filter((ad) => ad !== wrapper && ad.sequence === undefined);
  if (wrapper.fallbackOnNoAd === true && ads.length > 0) return { to: 'stand-alone', ads };
  return wrapper.sequence === undefined ? { to: 'player' } : { to: 'next-in-pod' };
}

/** Error URLs of an ad and of all wrappers that led to it, the nearest first, each once. */
export function errorUrlsOf(chain: WrapperChain, ad?: Ad): string[] {
  const wrappers = chain.hops.map((hop) => hop.wrapper).reverse();
  return [...new Set([...(ad ? [ad] : []), ...wrappers].flatMap(({ errorUrls }) => errorUrls ?? []))];
}

function blockedCategory(ad: InlineAd, blocked: readonly Category[]): string | undefined {
  return ad.categories?.find(({ code, authority }) =>
    blocked.some(
      (category) =>
        (category.authority === null || authority === null || category.authority === authority) &&
        // The content of BlockedAdCategories is a list, by comma.
        category.code.split(',').some((one) => one.trim() === code),
    ),
  )?.code;
}
