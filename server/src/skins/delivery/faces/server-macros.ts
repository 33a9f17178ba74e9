import { encodeMacroValue, type MacroParamName, SERVER_MACROS } from '@cuepoint/vast';
import type { SnapshotCreative } from '../../../kernel/delivery-protocol.ts';
import type { AdQuestion } from '../ad-question.ts';
import type { Viewer } from '../viewer/index.ts';
import { isContradicted } from './macro-values.ts';
import { OWN_MACROS } from './own-macros.ts';

/*
 * Which macros of other people's addresses a node fills, and with what; docs/protocols/delivery.md section 7 has the table.
 * What describes the call itself ([TIMESTAMP], [CACHEBUSTING], [SERVERSIDE]) or the playback belongs to whoever calls.
 */

/** What a node may know when it answers: what the request said, what the placement says, and which ad it is. */
export const FILLED_MACROS: readonly string[] = [
  ...SERVER_MACROS,
  'ADSERVINGID',
  'PODSEQUENCE',
  'UNIVERSALADID',
];
const FILLED: ReadonlySet<string> = new Set(FILLED_MACROS);

/** VAST 4.2 section 6.1: not known. */
const UNKNOWN = '-1';
/** VAST 4.2 section 6.1: known, and not told. */
const WITHHELD = '-2';

/** What the macros of one answer are filled with: each worked out when an ad asks for it, and once for all its ads. */
export class AnswerMacros {
  readonly #question: AdQuestion;
  readonly #viewer: Viewer;
  #values: Map<string, string | undefined> | undefined;

  constructor(question: AdQuestion, viewer: Viewer) {
    this.#question = question;
    this.#viewer = viewer;
  }

  /**
   * Encoded once; undefined when the node has nothing to say and the player may know. The request's own word comes first,
   * then what the node knows itself. What privacy keeps from us is kept from third parties.
   */
  value(macro: string): string | undefined {
    this.#values ??= new Map();
    let value = this.#values.get(macro);
    if (value === undefined && !this.#values.has(macro)) {
      value = this.#find(macro);
      this.#values.set(macro, value);
    }
    return value;
  }

  #find(macro: string): string | undefined {
    const { macros, params } = this.#question;
    const name = macro.toLowerCase() as MacroParamName;
    if (isContradicted(params, name)) return UNKNOWN;
    const state = macros.state(name);
    const said = macros.written(macro);
    // Who says -1 does not know, which does not keep us from it.
    const value = said === undefined || state === 'unknown' ? (this.#own(macro) ?? said) : said;
    return value !== undefined && value !== UNKNOWN && this.#isWithheld(macro) ? WITHHELD : value;
  }

  #own(macro: string): string | undefined {
    const value = OWN_MACROS[macro]?.(this.#question, this.#viewer) ?? null;
    return value === null ? undefined : encodeMacroValue(value);
  }

  #isWithheld(macro: string): boolean {
    const { uses } = this.#viewer.privacy;
    if (macro === 'IFA') return !uses.ifa;
    if (macro === 'LATLONG') return !uses.precise_geo;
    return macro === 'DEVICEIP' && !uses.household;
  }
}

/** Values of one ad by macro, encoded, for those of `names` that have one. */
export function macrosOfAd(
  names: readonly string[],
  ofAnswer: AnswerMacros,
  creative: Pick<SnapshotCreative, 'universalAdId' | 'vast'>,
  decisionId: string,
  sequence: number | undefined,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = isOfAd(name) ? ofAd(name, creative, decisionId, sequence) : ofAnswer.value(name);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

const OF_AD = ['ADSERVINGID', 'PODSEQUENCE', 'UNIVERSALADID', 'ADTYPE'] as const;
type OfAd = (typeof OF_AD)[number];
const isOfAd = (name: string): name is OfAd => OF_AD.includes(name as OfAd);

function ofAd(
  name: OfAd,
  { universalAdId, vast }: Pick<SnapshotCreative, 'universalAdId' | 'vast'>,
  decisionId: string,
  sequence: number | undefined,
): string | undefined {
  switch (name) {
    case 'ADSERVINGID':
      return decisionId;
    case 'PODSEQUENCE':
      return sequence === undefined ? undefined : String(sequence);
    case 'UNIVERSALADID':
      return encodeMacroValue(`${universalAdId.idRegistry} ${universalAdId.idValue}`);
    case 'ADTYPE': {
      // What this ad is, whatever the request would have liked; without the attribute it is video.
      const [ad] = (vast as { ads?: readonly { adType?: unknown }[] }).ads ?? [];
      return typeof ad?.adType === 'string' ? encodeMacroValue(ad.adType) : 'video';
    }
  }
}

const MACRO = /(?:\[|%5B)([A-Z][A-Z0-9_]*)(?:\]|%5D)/gi;

/** Names of the macros in addresses that a node may fill, each once. */
export function filledMacrosIn(urls: Iterable<string>): string[] {
  const names = new Set<string>();
  for (const url of urls)
    for (const [, written] of url.matchAll(MACRO)) {
      const name = written!.toUpperCase();
      if (FILLED.has(name)) names.add(name);
    }
  return [...names];
}

/** Fills the macros of one address that is not part of a document; those without a value stay. Values are encoded. */
export function fillAddress(url: string, values: Readonly<Record<string, string>>): string {
  return url.replace(MACRO, (whole: string, written: string) => {
    const name = written.toUpperCase();
    return Object.hasOwn(values, name) ? values[name]! : whole;
  });
}
