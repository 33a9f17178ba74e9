import { type MacroDefinition, VAST_MACROS } from './macro-list.ts';

const BY_NAME = new Map(VAST_MACROS.map((macro) => [macro.name, macro]));

/** A macro as it stands in a URL, plain or with encoded brackets, as many tags are pasted. */
export const MACRO = /(?:\[|%5B)([A-Za-z][\w-]*)(?:\]|%5D)/gi;

/** Value for something the player or server does not know (VAST 4.2, section 6.1). */
export const MACRO_UNKNOWN = '-1';
/** Value for something known but withheld, for privacy or by policy (VAST 4.2, section 6.1). */
export const MACRO_WITHHELD = '-2';

/** The definition of a macro by its name without brackets; undefined when the standard has none. */
export function macroDefinition(name: string): MacroDefinition | undefined {
  return BY_NAME.get(name);
}

/** A value for a macro: text, a number, or a list of them. `null` means asked for, but not known. */
export type MacroValue = string | number | readonly (string | number)[] | null;

/** How to fill macros. */
export interface ExpandOptions {
  /**
   * What becomes of a standard macro without a value: `keep` leaves it for the next one in the chain (the
   * default, right for a server whose tag a player will still fill), `unknown` writes -1 (right for the last one).
   * Brackets that are no standard macro are always left alone.
   */
  readonly missing?: 'keep' | 'unknown';
}

/**
 * Fills [MACRO] in a URL or text. Values are percent-encoded once, lists joined with plain commas
 * (VAST 4.2, section 6.1); brackets already encoded as %5B...%5D are recognised too, since many tags are
 * pasted that way. A name given in `values` is filled even when it is not a standard macro.
 */
export function expandMacros(
  text: string,
  values: Readonly<Record<string, MacroValue>>,
  options: ExpandOptions = {},
): string {
  if (!/\[|%5b/i.test(text)) return text;
  return text.replace(MACRO, (whole: string, written: string) => {
    const name = written.toUpperCase();
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === null) return MACRO_UNKNOWN;
    if (value !== undefined) return encodeMacroValue(value);
    return options.missing === 'unknown' && BY_NAME.has(name) ? MACRO_UNKNOWN : whole;
  });
}

/** Percent-encodes a value as macros require: everything but unreserved characters, commas between list items. */
export function encodeMacroValue(value: Exclude<MacroValue, null>): string {
  const items = typeof value === 'object' ? value : [value];
  return items.map((item) => encodeItem(String(item))).join(',');
}

function encodeItem(item: string): string {
  if (UNRESERVED.test(item)) return item;
  // encodeURIComponent leaves !'()* alone and throws on lone surrogates; neither suits a URL in markup.
  const whole = SURROGATE.test(item) ? item.replace(LONE_SURROGATE, '\uFFFD') : item;
  return encodeURIComponent(whole).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const UNRESERVED = /^[\w.~-]*$/;
const SURROGATE = /[\uD800-\uDFFF]/;
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** A macro as found in a text. */
export interface FoundMacro {
  /** Upper case, without brackets. */
  readonly name: string;
  /** Absent when the standard does not know it. */
  readonly definition?: MacroDefinition;
}

/** Every bracketed name in a text that looks like a macro, each once. */
export function findMacros(text: string): FoundMacro[] {
  const names = new Set(
    [...text.matchAll(/(?:\[|%5B)([A-Z][A-Z0-9_]*)(?:\]|%5D)/gi)].map((match) =>
      (match[1] as string).toUpperCase(),
    ),
  );
  return [...names].map((name) => {
    const definition = BY_NAME.get(name);
    return definition ? { name, definition } : { name };
  });
}
