import type { PrivacyDecision } from '@cuepoint/consent';
import {
  isMacroParamValid,
  MACRO_KINDS,
  type MacroParamName,
  outgoingMacros,
  readMacroParams,
} from '@cuepoint/vast';
import { badField } from '../problems.ts';
import { PARAM_NAMES, type RequestParams } from './params.ts';

/** Parameters of OpenRTB's spelling that say what a macro of the standard says. */
const ALIASES: Readonly<Record<string, MacroParamName>> = {
  ifa_type: 'ifatype',
  gdpr_consent: 'gdprconsent',
  gpp: 'gppstring',
  gpp_sid: 'gppsectionid',
  lmt: 'limitadtracking',
};
/** By name of a parameter, the macro it is. */
const MACRO_OF: ReadonlyMap<string, MacroParamName> = new Map([
  ...(Object.keys(MACRO_KINDS) as MacroParamName[]).map((name) => [name, name] as const),
  ...Object.entries(ALIASES),
]);
const NONE: Readonly<Record<string, string>> = {};
/** VAST 4.2 section 6.1: known, and not told. */
const WITHHELD = '-2';

type Pair = readonly [name: MacroParamName, text: string];

/** The macros of a request, read and written out when an ad asks for one: most ask for none. */
export class RequestMacros {
  readonly #pairs: readonly Pair[] | null;
  readonly #uses: PrivacyDecision['uses'] | null;
  #written: Readonly<Record<string, string>> | undefined;

  /** @param pairs each macro once, with a text that its reader takes */
  constructor(pairs: readonly Pair[] | null, uses: PrivacyDecision['uses'] | null = null) {
    this.#pairs = pairs;
    this.#uses = uses;
  }

  /** The same as third parties may have them: what privacy keeps from us is kept from them. */
  for({ uses }: PrivacyDecision): RequestMacros {
    return this.#pairs === null ? this : new RequestMacros(this.#pairs, uses);
  }

  /** What the request gave for a macro, as text. */
  text(name: MacroParamName): string | undefined {
    const pair = this.#pairs?.find(([known]) => known === name);
    return pair && readMacroParams([pair]).texts[name];
  }

  /** By name and encoded once; unknown and withheld are handed on as such, what was left unfilled is left out. */
  get values(): Readonly<Record<string, string>> {
    this.#written ??= this.#write();
    return this.#written;
  }

  #write(): Readonly<Record<string, string>> {
    if (this.#pairs === null) return NONE;
    const macros = outgoingMacros(readMacroParams(this.#pairs));
    const uses = this.#uses;
    if (uses === null) return macros;
    if (!uses.ifa && macros.IFA !== undefined) macros.IFA = WITHHELD;
    if (!uses.precise_geo && macros.LATLONG !== undefined) macros.LATLONG = WITHHELD;
    if (!uses.household && macros.DEVICEIP !== undefined) macros.DEVICEIP = WITHHELD;
    return macros;
  }
}

const NO_MACROS = new RequestMacros(null);

/** By number of a parameter, the macro it is. */
const MACRO_AT: readonly (MacroParamName | undefined)[] = PARAM_NAMES.map((name) => MACRO_OF.get(name));

/**
 * The macros of the standard that a request gives as parameters of their name in small letters. Throws `input.invalid`.
 */
export function readMacros(params: RequestParams): RequestMacros {
  let pairs: Pair[] | null = null;
  const { given } = params;
  for (let at = 0; at < given.length; at++) {
    const macro = MACRO_AT[given[at]!];
    if (macro === undefined || pairs?.some(([known]) => known === macro)) continue;
    const name = PARAM_NAMES[given[at]!]!;
    const text = params.raw(name);
    if (!isMacroParamValid(macro, text)) {
      const kind = MACRO_KINDS[macro];
      const accepted = `${kind.wanted}, at most ${kind.maxLength} characters`;
      throw badField(params.fieldOf(name), text.slice(0, 80), accepted);
    }
    pairs ??= [];
    pairs.push([macro, text]);
  }
  return pairs === null ? NO_MACROS : new RequestMacros(pairs);
}
