/** Characters a dimension may hold. Named, so that a screen can offer them and a message can say them. */
export type Charset = 'upper_alnum' | 'alnum' | 'alnum_hyphen' | 'digits';

export const CHARSETS: Readonly<Record<Charset, { allowed: RegExp; words: string }>> = {
  upper_alnum: { allowed: /^[A-Z0-9]$/, words: 'capital letters A-Z and digits' },
  alnum: { allowed: /^[A-Za-z0-9]$/, words: 'letters A-Z, a-z and digits' },
  alnum_hyphen: { allowed: /^[A-Za-z0-9-]$/, words: 'letters A-Z, a-z, digits and hyphen' },
  digits: { allowed: /^[0-9]$/, words: 'digits' },
};

/** One permitted code of a dimension. */
export interface CodeValue {
  code: string;
  label: string;
  /** Other spellings accepted on input, never written into a name. */
  aliases?: readonly string[];
  /** First and last day of use, ISO dates, inclusive. A code out of use still parses: old names stay readable. */
  activeFrom?: string;
  activeUntil?: string;
}

interface DimensionBase {
  label: string;
  charset: Charset;
  maxLength: number;
  /** Tighter (or looser) limits of one channel, by channel code. */
  maxLengthByChannel?: Readonly<Record<string, number>>;
}

/** A value from a list, such as a brand or a market. */
export interface CodeDimension extends DimensionBase {
  kind: 'code';
  values: readonly CodeValue[];
}

/** A four-digit year. */
export interface YearDimension extends DimensionBase {
  kind: 'year';
  min: number;
  max: number;
}

/** Free text, written as PascalCase. */
export interface SlugDimension extends DimensionBase {
  kind: 'slug';
}

export type Dimension = CodeDimension | YearDimension | SlugDimension;

/** How names of one kind of thing are built. Plain data: it can be stored, edited and versioned. */
export interface TaxonomyPattern {
  id: string;
  version: string;
  /** Dimensions in square brackets with separators between, e.g. `[BrandCode]_[MarketCode]`. */
  template: string;
  dimensions: Readonly<Record<string, Dimension>>;
  /** Of the whole name. */
  maxLength: number;
  /** The dimension whose value picks the channel limits below and in dimensions. */
  channelDimension?: string;
  maxLengthByChannel?: Readonly<Record<string, number>>;
}

/** One thing wrong with a name or with the values it is built from. */
export interface NameProblem {
  code:
    | 'missing_value'
    | 'unknown_dimension'
    | 'unknown_code'
    | 'not_canonical'
    | 'inactive_code'
    | 'bad_characters'
    | 'bad_year'
    | 'too_long'
    | 'name_too_long'
    | 'missing_part'
    | 'extra_part'
    | 'wrong_separator'
    | 'surrounding_space';
  /** Null when it concerns the whole name. */
  dimension: string | null;
  found: string | null;
  message: string;
  /** What to write instead, when one value is clearly meant. */
  suggestion: string | null;
}
