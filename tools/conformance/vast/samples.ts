import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  describeTrackers,
  lintVast,
  parseVast,
  parseVmap,
  serializeVast,
  URL_ELEMENTS,
  VAST_VERSIONS,
  type VastDocument,
  vmapDocument,
} from '@cuepoint/vast';
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import { check, standards } from './report.ts';
import { schemaProblem } from './schemas.ts';

/** Documents that are refused on purpose, and why: VAST 1 and one text that is not XML. */
const REFUSED: Readonly<Record<string, string>> = {
  'vast1Nonlinear.xml': 'VAST_VERSION_MISMATCH',
  'vast1RegularLinear.xml': 'VAST_VERSION_MISMATCH',
  'invalid-xmlfile.xml': 'VAST_PARSE_FAILED',
};

function checkSample(file: string): void {
  const name = relative(standards, file);
  const xml = readFileSync(file, 'utf8');
  const parsed = parseVast(xml);
  const expected = REFUSED[file.split('/').at(-1) ?? ''];
  if (expected !== undefined || !parsed.ok) {
    const code = parsed.ok ? 'accepted' : parsed.code;
    check(`${name} refused`, code === expected ? undefined : `${code}, expected ${expected ?? 'a document'}`);
    return;
  }
  check(
    `${name} linted`,
    lintVast(xml).every(({ rule }) => !rule.startsWith('VAST_')) ? undefined : 'refused by lint',
  );
  // Whatever the schema refuses, lint must refuse or warn of too; the reverse is what lint is for.
  const invalid = schemaProblem(xml, parsed.document.version);
  const quiet = lintVast(xml).every(({ severity }) => severity === 'info');
  check(`${name} judged no milder than by its schema`, invalid !== undefined && quiet ? invalid : undefined);
  if (invalid === undefined) checkOlder(name, parsed.document);
  const embedded = parseVmap(vmapDocument([{ timeOffset: 'start', breakType: 'linear', vastXml: xml }]));
  const content = embedded.ok ? embedded.document.adBreaks[0]?.adSource?.content : undefined;
  const unchanged = content?.kind === 'vast' && isDeepStrictEqual(content.document, parsed.document);
  check(`${name} embedded in VMAP as text`, unchanged ? undefined : 'the meaning changed');
  const { xml: again, dropped } = serializeVast(parsed.document);
  const reread = parseVast(again);
  if (!reread.ok) {
    check(`${name} re-serialised`, reread.message);
    return;
  }
  const wanted = dropped.length === 0 ? parsed : parseVast(withoutDropped(xml, dropped));
  const same = wanted.ok && isDeepStrictEqual(reread.document, wanted.document);
  check(
    `${name} re-serialised`,
    same ? undefined : `meaning changed; dropped: ${dropped.join(', ') || 'nothing'}`,
  );
  // Elements of the model that hold a URL, as often as they are written; extensions of others are not looked into.
  const written = again.replace(/<(Creative)?Extension[ >].*?<\/(Creative)?Extension>/gs, '');
  const urls = [...written.matchAll(/<(\w+)(?: [^>]*)?>(?=[^<]|<!\[CDATA\[)/g)].filter(([, element]) =>
    URL_ELEMENTS.has(element ?? ''),
  );
  const rows = describeTrackers(reread.document).filter(({ path }) => !path.includes('Extension'));
  check(
    `${name} described URL by URL`,
    rows.length === urls.length ? undefined : `${rows.length} of ${urls.length}`,
  );
  check(
    `${name} read again without a note`,
    reread.notes.length === 0 ? undefined : JSON.stringify(reread.notes[0]),
  );
}

/** A valid sample is valid in every earlier version, and read and written again there nothing more is lost. */
function checkOlder(name: string, document: VastDocument): void {
  for (const version of VAST_VERSIONS.filter((one) => one < document.version)) {
    const { xml } = serializeVast(document, { version });
    check(`${name} as ${version} against the schema`, schemaProblem(xml, version));
    const once = parseVast(xml);
    const again = once.ok ? serializeVast(once.document) : { xml: '', dropped: [once.message] };
    const settled = isDeepStrictEqual(parseVast(again.xml), once) && again.dropped.length === 0;
    check(
      `${name} as ${version} settles`,
      settled ? undefined : again.dropped.join(', ') || 'meaning changed',
    );
  }
}

/**
 * The sample without what the serialiser said it dropped: samples hold words of other versions here and
 * there, and what is lost must be exactly what is announced as lost.
 */
function withoutDropped(xml: string, dropped: readonly string[]): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const removals = dropped.map((line) => {
    const [path, attribute] = line.slice(0, line.indexOf(': ')).split('@');
    const node = (path ?? '').split('/').slice(1).reduce<Element | undefined>(step, document.documentElement);
    return () =>
      attribute === undefined ? node?.parentNode?.removeChild(node) : node?.removeAttribute(attribute);
  });
  for (const remove of removals) remove();
  return new XMLSerializer().serializeToString(document);
}

function step(parent: Element | undefined, part: string): Element | undefined {
  const [name, position = '1'] = part.replace(']', '').split('[');
  const alike = Array.from(parent?.childNodes ?? []).filter((child) => child.nodeName === name);
  return alike[Number(position) - 1] as Element | undefined;
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.xml'))
    .sort()
    .map((name) => join(folder, name));
}

/** Every sample of every folder. */
export function checkSamples(): void {
  for (const folder of ['iab-vast/samples', 'vast-client-js-samples', 'vast-tester-fixtures']) {
    for (const file of filesUnder(join(standards, folder))) checkSample(file);
  }
}
