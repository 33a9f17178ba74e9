import { encodeMacroValue, expandMacros, macroDefinition } from '@cuepoint/vast';
import { OF_THE_PLAYER } from './macro-values.ts';

const MACRO = /(?:\[|%5B)([A-Z][A-Z0-9_]*)(?:\]|%5D)/gi;

/** Macros that a server may know when it answers. */
function isFillable(name: string): boolean {
  return macroDefinition(name) !== undefined && !OF_THE_PLAYER.has(name);
}

/**
 * An ad whose third-party addresses have a slot wherever they have a macro that a server may know. Only whole addresses
 * are looked at: a bracket in a title or a script is not a macro.
 */
export function withMacroSlots<T>(ad: T, slotOf: (name: string) => string): { ad: T; macros: string[] } {
  const macros = new Set<string>();
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (!/^\s*(?:https?:)?\/\//i.test(value)) return value;
      return value.replace(MACRO, (whole: string, written: string) => {
        const name = written.toUpperCase();
        if (!isFillable(name)) return whole;
        macros.add(name);
        return slotOf(name);
      });
    }
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, walk(part)]));
  };
  return { ad: walk(ad) as T, macros: [...macros] };
}

/** What stands in an address for a macro: its value, percent-encoded once, or the macro for the next in the chain. */
export function macroText(name: string, values: Readonly<Record<string, string>>): string {
  const value = values[name];
  if (value === undefined) return `[${name}]`;
  return macroDefinition(name)?.list ? encodeMacroValue(value.split(',')) : encodeMacroValue(value);
}

/** The same in one address that is not part of a document. */
export function fillAddress(url: string, values: Readonly<Record<string, string>>): string {
  return expandMacros(
    url,
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        macroDefinition(name)?.list ? value.split(',') : value,
      ]),
    ),
  );
}
