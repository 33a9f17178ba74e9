/** Where a viewer is; null where nothing is known. */
export interface Place {
  /** ISO 3166-1 alpha-2 in upper case. */
  readonly country: string | null;
  /** ISO 3166-2 subdivision without its country, in upper case, e.g. `CA`, `BY`, `ENG`. */
  readonly region: string | null;
  readonly city: string | null;
  readonly postal: string | null;
  /** Three digits: the market area (DMA) of Nielsen, which location databases call metro code. */
  readonly dma: string | null;
}

export const NOWHERE: Place = Object.freeze({
  country: null,
  region: null,
  city: null,
  postal: null,
  dma: null,
});

/** The parts of a place, as headers and parameters name them. */
export const PLACE_PARTS = ['country', 'region', 'city', 'postal', 'dma'] as const;
export type PlacePart = (typeof PLACE_PARTS)[number];

/** What each part may look like, for explanations. */
export const ACCEPTED_PARTS: Readonly<Record<PlacePart, string>> = {
  country: 'two letters, ISO 3166-1 alpha-2',
  region: 'a subdivision code of ISO 3166-2, with or without its country',
  city: 'a name of 1 to 100 characters',
  postal: '2 to 12 letters, digits, spaces and hyphens',
  dma: 'three digits',
};

/** Codes that name no country: unknown (XX, ZZ), Tor (T1), anonymous proxies (A1), satellites (A2), continents (AP, EU). */
const NO_COUNTRY = new Set(['XX', 'ZZ', 'T1', 'A1', 'A2', 'AP', 'EU']);

/** A country as it is kept, in upper case; null when the text is none. */
export function readCountry(text: string): string | null {
  if (text.length !== 2) return null;
  // Letters in any case: bit 5 tells them apart.
  const first = text.charCodeAt(0) & ~32;
  const second = text.charCodeAt(1) & ~32;
  if (first < 65 || first > 90 || second < 65 || second > 90) return null;
  const country = text.toUpperCase();
  return NO_COUNTRY.has(country) ? null : country;
}

/** A part as it is kept; null when the text is none. Work is bounded by 300 characters. */
export function readPart(part: PlacePart, text: string): string | null {
  if (part === 'country') return readCountry(text);
  const value = text.length > 300 ? '' : decoded(text).normalize('NFC').trim();
  switch (part) {
    case 'region': {
      const region = value.toUpperCase().replace(/^[A-Z]{2}-/, '');
      return /^[A-Z0-9]{1,3}$/.test(region) ? region : null;
    }
    case 'city':
      return /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} .,'’()/-]{0,99}$/u.test(value) ? value : null;
    case 'postal':
      return /^[A-Za-z0-9][A-Za-z0-9 -]{1,11}$/.test(value) ? value.toUpperCase() : null;
    case 'dma':
      return /^\d{3}$/.test(value) ? value : null;
  }
}

/** Proxies write names beyond ASCII percent-encoded; what is not well-formed stays as it is, and is then refused. */
function decoded(text: string): string {
  if (text.indexOf('%') < 0) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Fills what is missing in `place` from a weaker source, if both mean the same country. */
export function fill(place: Place, weaker: Place): Place {
  if (place.country === null && place.region === null && place.city === null && place.dma === null)
    // A postal code alone says little without a country, and nothing against another one.
    return place.postal === null ? weaker : { ...weaker, postal: place.postal };
  if (place.country !== null && weaker.country !== null && place.country !== weaker.country) return place;
  // A finer part holds with its region only.
  const sameRegion = place.region === null || weaker.region === null || place.region === weaker.region;
  const sameCity = sameRegion && (place.city === null || weaker.city === null || place.city === weaker.city);
  return {
    country: place.country ?? weaker.country,
    region: place.region ?? weaker.region,
    city: place.city ?? (sameRegion ? weaker.city : null),
    postal: place.postal ?? (sameCity ? weaker.postal : null),
    dma: place.dma ?? (sameRegion ? weaker.dma : null),
  };
}
