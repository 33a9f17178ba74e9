/*
 * Checks @cuepoint/vast against material that is not part of this project: the published XML schemas and
 * sample documents. The folder is named by CUEPOINT_SHARED_DIR or lies beside the checkout; where it is
 * missing the run is skipped and says so, except in CI, where that is a failure.
 *
 *   node --import tsx --conditions=@cuepoint/source tools/conformance/vast.ts
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  compileAd,
  emptyVast,
  joinAds,
  lintVast,
  parseVast,
  serializeVast,
  VAST_VERSIONS,
  type VastDocument,
  type VastVersion,
} from '@cuepoint/vast';
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { DOCUMENTS } from '../../packages/vast/fixtures/documents.ts';
import {
  buildVastDocument,
  sampleAddresses,
} from '../../server/src/modules/creatives/domain/vast-document.ts';

const shared = resolve(process.env.CUEPOINT_SHARED_DIR ?? join(import.meta.dirname, '../../../shared'));
const standards = join(shared, 'standards');

const SCHEMAS: Readonly<Record<VastVersion, string>> = {
  '2.0': 'vast_2.0.1.xsd',
  '3.0': 'vast3_draft.xsd',
  '4.0': 'vast4.xsd',
  '4.1': 'vast_4.1.xsd',
  '4.2': 'vast_4.2.xsd',
  // No schema was published for 4.3; its elements are those of 4.2.
  '4.3': 'vast_4.2.xsd',
};

/** Documents that are refused on purpose, and why: VAST 1 and one text that is not XML. */
const REFUSED: Readonly<Record<string, string>> = {
  'vast1Nonlinear.xml': 'VAST_VERSION_MISMATCH',
  'vast1RegularLinear.xml': 'VAST_VERSION_MISMATCH',
  'invalid-xmlfile.xml': 'VAST_PARSE_FAILED',
};

let passed = 0;
const failures: string[] = [];

function check(name: string, problem: string | undefined): void {
  if (problem === undefined) passed++;
  else failures.push(`${name}: ${problem}`);
}

const validators = new Map<VastVersion, XsdValidator>();

function validatorFor(version: VastVersion): XsdValidator {
  let validator = validators.get(version);
  if (!validator) {
    const file = join(standards, 'iab-vast/xsd', SCHEMAS[version]);
    const schema = XmlDocument.fromString(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    validator = XsdValidator.fromDoc(schema);
    validators.set(version, validator);
  }
  return validator;
}

/** Schema problems of a text; undefined when it is valid. A bare [MACRO] is no xs:anyURI and is encoded first. */
function schemaProblem(xml: string, version: VastVersion): string | undefined {
  const document = XmlDocument.fromString(xml.replace(/\[([A-Z]+)\]/g, '%5B$1%5D'));
  try {
    validatorFor(version).validate(document);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  } finally {
    document.dispose();
  }
}

/** What the product itself hands out: a creative with its measurement, and one without. */
function creativeDocuments(): Record<string, VastDocument> {
  const documents: Record<string, VastDocument> = {};
  for (const vendors of [[], ['ias', 'doubleverify']] as const) {
    const built = buildVastDocument(
      {
        creativeId: 'crv_01conformance',
        campaignId: 'cmp_01conformance',
        brandId: 'brd_01conformance',
        name: 'Ridge & valley <15s>',
        advertiser: 'Fernwhistle',
        categories: ['IAB17'],
        universalAdId: { idRegistry: 'cuepoint', idValue: 'crv_01conformance' },
        durationMs: 15_000,
        vendors: [...vendors],
        media: {
          url: `https://ads.example/media/${'ab'.repeat(32)}.mp4`,
          mime: 'video/mp4',
          width: 1920,
          height: 1080,
          bitrateKbps: 22_000,
          codec: 'avc1.640028',
        },
      },
      sampleAddresses('crv_01conformance', 'https://ads.example', 'https://fernwhistle.example/ridge'),
    );
    const name = `creative with ${vendors.length} vendors`;
    if (built.ok) documents[name] = built.document;
    else check(name, built.why);
  }
  return documents;
}

function checkGenerated(): void {
  for (const [name, document] of Object.entries({ ...DOCUMENTS, ...creativeDocuments() })) {
    for (const version of VAST_VERSIONS) {
      const { xml } = serializeVast(document, { version });
      // The draft schema of 3.0 forgot the Error of an empty response, which the text of 3.0 describes.
      const judged =
        version === '3.0' && document.ads.length === 0 ? xml.replace(/<Error>.*<\/Error>/, '') : xml;
      check(`${name} as ${version} against the schema`, schemaProblem(judged, version));
      check(
        `${name} as ${version} indented`,
        sameMeaning(xml, serializeVast(document, { version, indent: true }).xml),
      );
      check(`${name} as ${version} without a blocking finding`, blocking(xml));
    }
  }
  for (const version of VAST_VERSIONS) {
    const ads = Object.values(DOCUMENTS).flatMap((document) => document.ads);
    const joined = joinAds(
      version,
      ads.map((ad, index) => compileAd(ad, { version })({}, index + 1)),
    );
    check(`joined templates as ${version}`, schemaProblem(joined, version));
    check(`empty as ${version}`, schemaProblem(emptyVast(version), version));
  }
}

function blocking(xml: string): string | undefined {
  const found = lintVast(xml).filter(({ severity }) => severity === 'block');
  return found.length === 0 ? undefined : found.map(({ rule, path }) => `${rule} at ${path}`).join('; ');
}

function sameMeaning(one: string, other: string): string | undefined {
  const [a, b] = [parseVast(one), parseVast(other)];
  return isDeepStrictEqual(a, b) ? undefined : 'the two texts do not mean the same';
}

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
  check(
    `${name} read again without a note`,
    reread.notes.length === 0 ? undefined : JSON.stringify(reread.notes[0]),
  );
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

function main(): number {
  if (!existsSync(standards)) {
    const message = `${standards} is not there; set CUEPOINT_SHARED_DIR to the folder that holds "standards"`;
    if (process.env.CI === 'true') {
      console.error(`vast conformance failed: ${message}`);
      return 1;
    }
    console.log(`vast conformance skipped: ${message}`);
    return 0;
  }
  checkGenerated();
  for (const folder of ['iab-vast/samples', 'vast-client-js-samples', 'vast-tester-fixtures']) {
    for (const file of filesUnder(join(standards, folder))) checkSample(file);
  }
  for (const validator of validators.values()) validator.dispose();
  for (const failure of failures) console.error(`FAIL ${failure}`);
  console.log(`vast conformance: ${passed} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = main();
