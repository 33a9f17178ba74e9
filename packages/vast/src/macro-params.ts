import { MACRO_KINDS, type MacroKind, type MacroParamName, type MacroParamValues } from './macro-kinds.ts';
import {
  encodeMacroValue,
  MACRO_UNKNOWN,
  MACRO_WITHHELD,
  type MacroValue,
  macroDefinition,
} from './macros.ts';

/**
 * What a parameter says: `value`; `empty`; `unknown` and `withheld` are -1 and -2 (VAST 4.3, section 6.1), the zeroed
 * advertising identifier being withheld too; `unfilled` is still [NAME], which the caller does not know; `not-applicable`
 * is the 0 that PAGEURL and APPBUNDLE have for each other; `invalid` breaks the form or a bound.
 */
export type MacroState =
  | 'value'
  | 'empty'
  | 'unknown'
  | 'withheld'
  | 'unfilled'
  | 'not-applicable'
  | 'invalid';

/** A parameter that was not used, and why. */
export interface MacroProblem {
  readonly name: MacroParamName;
  /** As received, cut for display. */
  readonly value: string;
  readonly message: string;
}

/** The macro values of an ad request. */
export interface MacroParams {
  /** What can be relied on, typed. */
  readonly values: MacroParamValues;
  /** What each parameter says; a macro that is not here was not sent. */
  readonly states: Readonly<Partial<Record<MacroParamName, MacroState>>>;
  /** As received, for those of state `value`. */
  readonly texts: Readonly<Partial<Record<MacroParamName, string>>>;
  readonly problems: readonly MacroProblem[];
}

/** How to read parameters. */
export interface MacroParamOptions {
  /** Other names that callers use, in small letters, such as `{ gdpr_consent: 'gdprconsent' }`. */
  readonly aliases?: Readonly<Record<string, MacroParamName>>;
}

const NONE: Readonly<Record<string, MacroParamName>> = {};
const UNFILLED = /^(?:\[|%5B)[A-Z][A-Z0-9_]*(?:\]|%5D)$/i;
const ZERO_ID = /^0{8}-0{4}-0{4}-0{4}-0{12}$/;
const ZERO_MEANS_NONE: ReadonlySet<MacroParamName> = new Set(['pageurl', 'appbundle']);

/**
 * Reads the parameters of an ad request whose names are macro names, whatever their case; all others are passed over.
 * Values are decoded text, as `URLSearchParams` gives them. The first of a repeated parameter counts. Never throws:
 * what is wrong is a problem that names parameter, value and what would be accepted.
 */
export function readMacroParams(
  pairs: Iterable<readonly [string, string]>,
  options: MacroParamOptions = {},
): MacroParams {
  const aliases = options.aliases ?? NONE;
  const values: Record<string, unknown> = {};
  const states: Partial<Record<MacroParamName, MacroState>> = {};
  const texts: Partial<Record<MacroParamName, string>> = {};
  const problems: MacroProblem[] = [];
  for (const [written, received] of pairs) {
    if (written.length > 64) continue;
    const name = paramName(written.toLowerCase(), aliases);
    if (name === undefined) continue;
    if (states[name] !== undefined) {
      problems.push(problem(name, received, 'it is given more than once; the first counts'));
      continue;
    }
    const text = received.trim();
    const state = stateOf(name, text);
    if (state !== 'value') {
      states[name] = state;
      continue;
    }
    const kind: MacroKind<unknown> = MACRO_KINDS[name];
    const value = readValue(kind, text);
    states[name] = value === undefined ? 'invalid' : 'value';
    if (value === undefined) problems.push(problem(name, received, refusal(kind, text)));
    else {
      values[name] = value;
      texts[name] = text;
    }
  }
  return { values, states, texts, problems };
}

/** Whether `readMacroParams` would find fault with one parameter; much cheaper than reading it. */
export function isMacroParamValid(name: MacroParamName, received: string): boolean {
  const text = received.trim();
  return stateOf(name, text) !== 'value' || readValue(MACRO_KINDS[name], text) !== undefined;
}

function readValue(kind: MacroKind<unknown>, text: string): unknown {
  return text.length > kind.maxLength || hasControl(text) ? undefined : kind.read(text);
}

function paramName(
  name: string,
  aliases: Readonly<Record<string, MacroParamName>>,
): MacroParamName | undefined {
  if (Object.hasOwn(MACRO_KINDS, name)) return name as MacroParamName;
  const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  return alias !== undefined && Object.hasOwn(MACRO_KINDS, alias) ? alias : undefined;
}

function stateOf(name: MacroParamName, text: string): MacroState {
  if (text === '') return 'empty';
  if (text === MACRO_UNKNOWN) return 'unknown';
  if (text === MACRO_WITHHELD) return 'withheld';
  if (text === '0' && ZERO_MEANS_NONE.has(name)) return 'not-applicable';
  if (name === 'ifa' && ZERO_ID.test(text)) return 'withheld';
  return text.length <= 64 && UNFILLED.test(text) ? 'unfilled' : 'value';
}

function refusal(kind: MacroKind<unknown>, text: string): string {
  if (text.length > kind.maxLength)
    return `it has ${text.length} characters, at most ${kind.maxLength} are read`;
  return hasControl(text) ? 'it holds a control character' : `it is not ${kind.wanted}`;
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || (code > 126 && code < 160)) return true;
  }
  return false;
}

function problem(name: MacroParamName, received: string, message: string): MacroProblem {
  return { name, value: received.slice(0, 80), message };
}

/**
 * What a server writes for the macros of its own answer, from what it was told: values encoded once, -1 and -2 handed on,
 * 0 where nothing applies. What was not sent, empty, unfilled or invalid is not there: the server does not know it, and
 * the player that calls the URL may.
 */
export function outgoingMacros(params: MacroParams): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, state] of Object.entries(params.states) as [MacroParamName, MacroState][]) {
    const macro = name.toUpperCase();
    const text = params.texts[name];
    if (text !== undefined)
      out[macro] = encodeMacroValue(macroDefinition(macro)?.list ? text.split(/ *, */) : text);
    else if (state === 'unknown') out[macro] = MACRO_UNKNOWN;
    else if (state === 'withheld') out[macro] = MACRO_WITHHELD;
    else if (state === 'not-applicable') out[macro] = '0';
  }
  return out;
}

/** Encodes values by macro name for a template: as `expandMacros` would write them, null as -1. */
export function encodeMacros(values: Readonly<Record<string, MacroValue>>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(values))
    out[name] = value === null ? MACRO_UNKNOWN : encodeMacroValue(value);
  return out;
}
