import {
  isMacroParamValid,
  MACRO_KINDS,
  type MacroParamName,
  type MacroParams,
  type MacroState,
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
/** By macro, the parameters that say it: those of privacy must not contradict each other. */
const SPELLINGS: Readonly<Partial<Record<MacroParamName, readonly string[]>>> = {
  gdprconsent: ['gdprconsent', 'gdpr_consent'],
  gppstring: ['gppstring', 'gpp'],
  gppsectionid: ['gppsectionid', 'gpp_sid'],
  limitadtracking: ['limitadtracking', 'lmt'],
};

type Pair = readonly [name: MacroParamName, text: string];

/** The macros of a request, read when an ad asks for one: most ask for none. */
export class RequestMacros {
  readonly #pairs: readonly Pair[] | null;
  #read: MacroParams | undefined;
  #written: Readonly<Record<string, string>> | undefined;

  /** @param pairs each macro once, with a text that its reader takes */
  constructor(pairs: readonly Pair[] | null) {
    this.#pairs = pairs;
  }

  /** The same without one, where what the request says holds for something else. */
  without(name: MacroParamName): RequestMacros {
    return new RequestMacros(this.#pairs?.filter(([known]) => known !== name) ?? null);
  }

  /** What the request gave for a macro, as text. */
  text(name: MacroParamName): string | undefined {
    const pair = this.#pairs?.find(([known]) => known === name);
    return pair && readMacroParams([pair]).texts[name];
  }

  /** What the request says of a macro; undefined when it says nothing. */
  state(name: MacroParamName): MacroState | undefined {
    this.#read ??= readMacroParams(this.#pairs ?? []);
    return this.#read.states[name];
  }

  /** The value as it goes into an address, encoded once; undefined when there is none. */
  written(macro: string): string | undefined {
    this.#read ??= readMacroParams(this.#pairs ?? []);
    this.#written ??= outgoingMacros(this.#read);
    return this.#written[macro];
  }
}

/** What a request states of privacy, as the viewer reader takes it: without judging, and therefore without a refusal. */
export function statedText(params: RequestParams, name: string): string {
  return params.looseText(PARAM_NAMES.indexOf(name));
}

/**
 * True when a request states a signal of privacy in two ways that differ: the viewer reader takes that for a refusal, and
 * nobody is told one of them as if it were the viewer's word.
 */
export function isContradicted(params: RequestParams, macro: MacroParamName): boolean {
  const names = SPELLINGS[macro];
  if (names === undefined) return false;
  const said = new Set(names.map((name) => statedText(params, name)).filter((text) => text !== ''));
  for (const [name, value] of params.again) if (names.includes(name)) said.add(value);
  return said.size > 1;
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
