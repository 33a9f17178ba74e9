import type { PrivacyDecision } from '@cuepoint/consent';
import {
  MACRO_KINDS,
  type MacroParamName,
  type MacroParams,
  outgoingMacros,
  readMacroParams,
} from '@cuepoint/vast';
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
/** By name of a parameter, the macro it is. */
const MACRO_OF: ReadonlyMap<string, MacroParamName> = new Map([
  ...(Object.keys(MACRO_KINDS) as MacroParamName[]).map((name) => [name, name] as const),
  ...Object.entries(ALIASES),
]);
const NONE: Readonly<Record<string, string>> = {};
/** VAST 4.2 section 6.1: known, and not told. */
const WITHHELD = '-2';

/** The macros of a request, written out when an ad asks for one: most ask for none. */
export class RequestMacros {
  readonly #read: MacroParams | null;
  readonly #uses: PrivacyDecision['uses'] | null;
  #written: Readonly<Record<string, string>> | undefined;

  constructor(read: MacroParams | null, uses: PrivacyDecision['uses'] | null = null) {
    this.#read = read;
    this.#uses = uses;
  }

  /** The same as third parties may have them: what privacy keeps from us is kept from them. */
  for({ uses }: PrivacyDecision): RequestMacros {
    return this.#read === null ? this : new RequestMacros(this.#read, uses);
  }

  /** What the request gave for a macro, as text. */
  text(name: MacroParamName): string | undefined {
    return this.#read?.texts[name];
  }

  /** By name and encoded once; unknown and withheld are handed on as such, what was left unfilled is left out. */
  get values(): Readonly<Record<string, string>> {
    this.#written ??= this.#write();
    return this.#written;
  }

  #write(): Readonly<Record<string, string>> {
    if (this.#read === null) return NONE;
    const macros = outgoingMacros(this.#read);
    const uses = this.#uses;
    if (uses === null) return macros;
    if (!uses.ifa && macros.IFA !== undefined) macros.IFA = WITHHELD;
    if (!uses.precise_geo && macros.LATLONG !== undefined) macros.LATLONG = WITHHELD;
    if (!uses.household && macros.DEVICEIP !== undefined) macros.DEVICEIP = WITHHELD;
    return macros;
  }
}

const NO_MACROS = new RequestMacros(null);

/**
 * The macros of the standard that a request gives as parameters of their name in small letters. Throws `input.invalid`.
 */
export function readMacros(params: RequestParams): RequestMacros {
  let pairs: [string, string][] | null = null;
  let names: string[] | null = null;
  for (const name of params.names()) {
    const macro = MACRO_OF.get(name);
    if (macro === undefined || pairs?.some(([known]) => known === macro)) continue;
    pairs ??= [];
    names ??= [];
    pairs.push([macro, params.raw(name)]);
    names.push(name);
  }
  if (pairs === null || names === null) return NO_MACROS;
  const read = readMacroParams(pairs);
  const [problem] = read.problems;
  if (problem) {
    const kind = MACRO_KINDS[problem.name];
    const field = params.fieldOf(names[pairs.findIndex(([macro]) => macro === problem.name)] ?? problem.name);
    throw badField(field, problem.value, `${kind.wanted}, at most ${kind.maxLength} characters`);
  }
  return new RequestMacros(read);
}
