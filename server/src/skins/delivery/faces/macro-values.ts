import { MACRO_KINDS, type MacroParamName, outgoingMacros, readMacroParams } from '@cuepoint/vast';
import { badField } from '../problems.ts';
import type { RequestParams } from './params.ts';

/** Parameters of OpenRTB's spelling that say what a macro of the standard says. */
const ALIASES: Readonly<Record<string, MacroParamName>> = {
  ifa_type: 'ifatype',
  gdpr_consent: 'gdprconsent',
  gpp: 'gppstring',
  gpp_sid: 'gppsectionid',
  lmt: 'limitadtracking',
};
const NONE: Readonly<Record<string, string>> = {};

/**
 * The macros of the standard that a request gives as parameters of their name in small letters, by name and encoded once.
 * Unknown and withheld are handed on as such; what was left unfilled is left out. Throws `input.invalid`.
 */
export function readMacros(params: RequestParams): Readonly<Record<string, string>> {
  const pairs: [string, string][] = [];
  const seen = new Map<string, string>();
  for (const name of params.names()) {
    const macro = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name;
    if (!Object.hasOwn(MACRO_KINDS, macro) || seen.has(macro)) continue;
    seen.set(macro, name);
    pairs.push([macro, params.raw(name)]);
  }
  if (pairs.length === 0) return NONE;
  const read = readMacroParams(pairs);
  const [problem] = read.problems;
  if (problem) {
    const kind = MACRO_KINDS[problem.name];
    const field = params.fieldOf(seen.get(problem.name) ?? problem.name);
    throw badField(field, problem.value, `${kind.wanted}, at most ${kind.maxLength} characters`);
  }
  return outgoingMacros(read);
}
