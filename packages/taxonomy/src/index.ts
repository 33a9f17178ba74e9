export { checkPattern, TaxonomyPatternError } from './compile.ts';
export { type ComposeResult, composeName } from './compose.ts';
export { DEFAULT_TEMPLATE, defaultPattern, type Vocabulary } from './default-pattern.ts';
export { editDistance, nearest } from './edit-distance.ts';
export { explainName, type NameExplanation, type ParseResult, parseName } from './parse.ts';
export {
  CHARSETS,
  type Charset,
  type CodeDimension,
  type CodeValue,
  type Dimension,
  type NameProblem,
  type SlugDimension,
  type TaxonomyPattern,
  type YearDimension,
} from './pattern.ts';
export { toPascalCase } from './slug.ts';
