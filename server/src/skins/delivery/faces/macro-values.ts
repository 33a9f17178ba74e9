import { macroDefinition } from '@cuepoint/vast';
import { checkedLine } from './fields.ts';
import type { RequestParams } from './params.ts';

const MAX_CHARS = 1024;

/** Macros whose value is known only where and when an address is called: they stay for the player. */
export const OF_THE_PLAYER = new Set([
  'TIMESTAMP',
  'CACHEBUSTING',
  'CONTENTPLAYHEAD',
  'MEDIAPLAYHEAD',
  'ADPLAYHEAD',
  'ASSETURI',
  'ADCOUNT',
  'PLAYERSTATE',
  'INVENTORYSTATE',
  'CLICKPOS',
  'ERRORCODE',
  'REASON',
]);

/**
 * The macros of the standard that a request filled in as parameters of their name in lower case, decoded; what was left
 * unfilled, unknown or withheld is left out. Short parameters of our own stand for theirs: `gpp` for GPPSTRING.
 */
export function readMacros(params: RequestParams): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of params.names()) {
    const macro = macroOf(name);
    if (macro === undefined || OF_THE_PLAYER.has(macro)) continue;
    const text = params.get(name);
    if (text !== null) values[macro] = checkedLine(params.fieldOf(name), text, MAX_CHARS);
  }
  return values;
}

const SHORT: Readonly<Record<string, string>> = {
  ifa: 'IFA',
  ifa_type: 'IFATYPE',
  gdpr_consent: 'GDPRCONSENT',
  gpp: 'GPPSTRING',
  gpp_sid: 'GPPSECTIONID',
  lmt: 'LIMITADTRACKING',
};
const NAMES = new Map<string, string | undefined>();

function macroOf(name: string): string | undefined {
  if (Object.hasOwn(SHORT, name)) return SHORT[name];
  if (name.length > 24) return undefined;
  let found = NAMES.get(name);
  if (found === undefined && !NAMES.has(name)) {
    found = /^[a-z]+$/.test(name) ? macroDefinition(name.toUpperCase())?.name : undefined;
    // Strangers choose these names: only those that mean something are remembered.
    if (found !== undefined) NAMES.set(name, found);
  }
  return found;
}
