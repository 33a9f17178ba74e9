import { blockedKeys } from '../index/separation-key.ts';
import type { AdRequest } from '../model.ts';

/** What a request blocks and plays, made ready to be asked of each candidate; null for what it does not say. */
export interface RequestBlocks {
  readonly mimes: ReadonlySet<string> | null;
  readonly categories: ReadonlySet<string> | null;
  readonly domains: ReadonlySet<string> | null;
  /** By `separationKey`. */
  readonly brands: ReadonlySet<number> | null;
  readonly media: ReadonlySet<number> | null;
  /** Whether it says anything of creatives. */
  readonly asksMore: boolean;
}

const NONE: RequestBlocks = {
  mimes: null,
  categories: null,
  domains: null,
  brands: null,
  media: null,
  asksMore: false,
};

const isEmpty = (list: readonly string[] | undefined) => list === undefined || list.length === 0;
const setOf = (list: readonly string[] | undefined) =>
  list === undefined || list.length === 0 ? null : new Set(list);

// One request is decided at a time, and asked about every candidate.
let last: AdRequest | null = null;
let blocks = NONE;

export function blocksOf(request: AdRequest): RequestBlocks {
  if (request !== last) {
    last = request;
    blocks = read(request);
  }
  return blocks;
}

function read(request: AdRequest): RequestBlocks {
  const { mimes, blockedCategories, blockedDomains, blockedBrands, blockedMedia } = request;
  const isSilent =
    isEmpty(mimes) && isEmpty(blockedCategories) && isEmpty(blockedDomains) && isEmpty(blockedMedia);
  if (isSilent && isEmpty(blockedBrands)) return NONE;
  return {
    mimes: setOf(mimes),
    categories: setOf(blockedCategories),
    domains: setOf(blockedDomains?.map((domain) => domain.toLowerCase())),
    brands: blockedKeys('brand', blockedBrands),
    media: blockedKeys('fingerprint', blockedMedia),
    asksMore: !isSilent,
  };
}
