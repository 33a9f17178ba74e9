/** Addresses that a player or a stitcher asks, by what it can read. */
export interface TagAddresses {
  vast: string;
  vmap: string;
  pod: string;
  assetList: string;
}

/**
 * What every player fills by the macros of VAST 4.3 section 6: cache buster, transaction, consent. A macro that stays
 * unfilled counts as absent.
 */
const macros = 'rid=[TRANSACTIONID]&gdpr_consent=[GDPRCONSENT]&cb=[CACHEBUSTING]';

/**
 * Ready-made addresses of a placement.
 * @param publicUrl of the delivery plane, without a slash at the end
 */
export function tagAddresses(publicUrl: string, key: string): TagAddresses {
  const address = (path: string) => `${publicUrl}/${path}?pl=${encodeURIComponent(key)}&${macros}`;
  return {
    vast: address('vast'),
    vmap: address('vmap'),
    pod: address('api/v1/pod'),
    assetList: address('api/v1/interstitials'),
  };
}
