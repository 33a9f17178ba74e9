/** An Ad-ID code: four characters of the advertiser, then seven or eight of the spot, e.g. CNPA0484000H. */
const AD_ID = /^[A-Z][A-Z0-9]{3}[A-Z0-9]{7}[HD]?$/;

export interface UniversalAdIdValue {
  idRegistry: string;
  idValue: string;
}

/**
 * Registry and value of a creative's UniversalAdId (VAST 4.2 section 3.7.1). A registered Ad-ID keeps its registry; any
 * other id is ours: it is unique and stays with the creative, which "unknown" would not.
 */
export function universalAdIdOf(id: string): UniversalAdIdValue {
  return AD_ID.test(id) ? { idRegistry: 'ad-id.org', idValue: id } : { idRegistry: 'cuepoint', idValue: id };
}

/** The landing page when none is given: the brand's own site. */
export function defaultLandingPage(brandDomain: string): string {
  return `https://${brandDomain}/`;
}

/** One spelling of an http(s) address that was checked before: "http:/a.example" is "http://a.example/". */
export function landingPage(url: string): string {
  return new URL(url).href;
}

/** The name of a creative from the name of its file: without ending, without characters that no name has. */
export function nameFromFile(fileName: string): string {
  const base = fileName
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.[A-Za-z0-9]{1,5}$/, '');
  return (
    base
      .replace(/\p{Cc}/gu, '')
      .trim()
      .slice(0, 120) || 'Video'
  );
}
