import { encodeMacroValue, SERVER_MACROS } from '@cuepoint/vast';
import type { SnapshotCreative } from '../../../kernel/delivery-protocol.ts';

/** What a node knows when it answers: what the request said, and which ad it is. All else stays for the player. */
export const FILLED_MACROS: readonly string[] = [
  ...SERVER_MACROS,
  'ADSERVINGID',
  'PODSEQUENCE',
  'UNIVERSALADID',
];

const MACRO = /(?:\[|%5B)([A-Z][A-Z0-9_]*)(?:\]|%5D)/gi;

/** The macros of one ad: those of the request and its own. Values are encoded. */
export function macrosOfAd(
  ofRequest: Readonly<Record<string, string>>,
  { universalAdId }: Pick<SnapshotCreative, 'universalAdId'>,
  decisionId: string,
  sequence: number | undefined,
): Record<string, string> {
  const { idRegistry, idValue } = universalAdId;
  return {
    ...ofRequest,
    ADSERVINGID: decisionId,
    UNIVERSALADID: encodeMacroValue(`${idRegistry} ${idValue}`),
    ...(sequence === undefined ? {} : { PODSEQUENCE: String(sequence) }),
  };
}

/** Fills the macros of one address that is not part of a document; those without a value stay. Values are encoded. */
export function fillAddress(url: string, values: Readonly<Record<string, string>>): string {
  if (!/\[|%5b/i.test(url)) return url;
  return url.replace(MACRO, (whole: string, written: string) => {
    const name = written.toUpperCase();
    return Object.hasOwn(values, name) ? values[name]! : whole;
  });
}
