import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { VAST_MACROS } from '@cuepoint/vast';
import { check, standards } from './report.ts';

interface PublishedMacro {
  readonly name: string;
  readonly type: string;
  readonly introversion: string;
  readonly support: string;
  readonly contexts: string;
}

const SINCE: Readonly<Record<string, string>> = { 'Next VAST release': 'next' };

/** Our list against the published one: names, first version, where they may be used, what is required. */
export function checkMacros(): void {
  const file = join(standards, 'iab-vast/xsd/macros-data.json');
  const published = (JSON.parse(readFileSync(file, 'utf8')) as { macros: PublishedMacro[] }).macros;
  check(
    'the macro list has the published names',
    isDeepStrictEqual(VAST_MACROS.map(({ name }) => name).sort(), published.map(({ name }) => name).sort())
      ? undefined
      : 'the names differ',
  );
  for (const { name, type, introversion, support, contexts } of published) {
    const ours = VAST_MACROS.find((macro) => macro.name === name);
    if (!ours) continue;
    const theirs = {
      since: SINCE[introversion] ?? introversion,
      contexts: [
        ...(/VAST request URIs/.test(contexts) ? ['request'] : []),
        ...(/All tracking pixels/.test(contexts) ? ['tracking'] : []),
        ...(/ClickTracking/.test(contexts) ? ['click'] : []),
        ...(/<code>Error/.test(contexts) ? ['error'] : []),
        ...(/verificationNotExecuted/.test(contexts) ? ['verification'] : []),
      ],
      list: type.startsWith('Array'),
      type: type.replace(/^Array<(\w+)>.*$/, '$1').toLowerCase(),
      required: support === 'Required',
      deprecated: /Deprecated/.test(support),
    };
    const { since, list, type: itemType, required, deprecatedFor } = ours;
    const own = {
      since,
      contexts: [...ours.contexts],
      list,
      type: itemType,
      required,
      deprecated: deprecatedFor !== undefined,
    };
    check(
      `macro ${name} as published`,
      isDeepStrictEqual(own, theirs) ? undefined : `${JSON.stringify(own)} and ${JSON.stringify(theirs)}`,
    );
  }
}
