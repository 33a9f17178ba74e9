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
  lintVmap,
  parseVast,
  parseVmap,
  serializeVast,
  serializeVmap,
  VAST_MACROS,
  VAST_VERSIONS,
  type VastDocument,
  type VastVersion,
  type VmapDocument,
  vmapDocument,
} from '@cuepoint/vast';
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { DOCUMENTS } from '../../packages/vast/fixtures/documents.ts';
import { VMAPS } from '../../packages/vast/fixtures/vmaps.ts';
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
  return problemBy(validatorFor(version), xml);
}

function problemBy(validator: XsdValidator, xml: string): string | undefined {
  const document = XmlDocument.fromString(xml.replace(/\[([A-Z_]+)\]/g, '%5B$1%5D'));
  try {
    validator.validate(document);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  } finally {
    document.dispose();
  }
}

let vmapValidator: XsdValidator | undefined;

/**
 * The VMAP schema does not compile as published: it imports a schema of another namespace and refers into it. What
 * stands inside VASTAdData is judged by the VAST schemas; templateType gets the words the text and practice have.
 */
function vmapSchemaProblem(xml: string): string | undefined {
  if (!vmapValidator) {
    const published = readFileSync(join(standards, 'iab-vast/xsd/vmap.xsd'), 'utf8').replace(/^\uFEFF/, '');
    const patched = published
      .replace(/<xs:import [^>]*\/>/, '')
      .replace(/<xs:element ref="vast:VAST"[^>]*\/>/, '<xs:any processContents="lax" namespace="##any"/>')
      .replaceAll(
        '<xs:enumeration value="vast2"/>',
        '<xs:enumeration value="vast2"/><xs:enumeration value="vast4"/>',
      );
    vmapValidator = XsdValidator.fromDoc(XmlDocument.fromString(patched));
  }
  return problemBy(vmapValidator, xml);
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

/** VMAP of every kind, with every document of ours inside in every version, against its schema. */
function checkVmap(): void {
  for (const [name, document] of Object.entries(VMAPS)) {
    const { xml } = serializeVmap(document);
    check(`VMAP ${name} against the schema`, vmapSchemaProblem(xml));
    const again = parseVmap(xml);
    check(
      `VMAP ${name} read again`,
      again.ok && again.notes.length === 0 ? undefined : JSON.stringify(again),
    );
    const blocks = lintVmap(xml).filter(({ severity }) => severity === 'block');
    check(
      `VMAP ${name} without a blocking finding`,
      blocks.length === 0 ? undefined : JSON.stringify(blocks[0]),
    );
  }
  for (const version of VAST_VERSIONS) {
    const xml = vmapDocument(
      Object.values(DOCUMENTS).map((document, index) => ({
        timeOffset: { ms: index * 60_000 },
        breakType: ['linear', 'nonlinear'],
        breakId: `break & ${index}`,
        repeatAfterMs: 600_000,
        vastXml: serializeVast(document, { version }).xml,
        tracking: [{ event: 'error', url: 'https://track.example.com/?a=1&c=[ERROR_CODE]' }],
      })),
    );
    check(`VMAP from text as ${version} against the schema`, vmapSchemaProblem(xml));
    const parsed = parseVmap(xml);
    const inside = parsed.ok
      ? parsed.document.adBreaks.map(({ adSource }) =>
          adSource?.content?.kind === 'vast' ? adSource.content.document : undefined,
        )
      : [];
    const expected = Object.values(DOCUMENTS).map((document) => {
      const alone = parseVast(serializeVast(document, { version }).xml);
      return alone.ok ? alone.document : undefined;
    });
    check(
      `VMAP from text as ${version} with the VAST unchanged inside`,
      isDeepStrictEqual(inside, expected) ? undefined : 'the VAST inside does not mean the same',
    );
  }
  // The reason why lint exists: the schema takes any text for a place and a type.
  const bogus = serializeVmap(VMAPS.live as VmapDocument)
    .xml.replace('#1', 'bogus')
    .replace('"linear"', '"sideways"');
  check('VMAP schema lets a bogus break pass', vmapSchemaProblem(bogus));
  const caught = lintVmap(bogus).filter(({ severity }) => severity === 'block').length;
  check('VMAP lint does not', caught >= 2 ? undefined : `${caught} blocking findings`);
}

/**
 * Every element and attribute of the 4.2 schema occurs in our own documents, which are known to come back whole: nothing
 * of the schema is without a place in the model.
 */
function checkCoverage(): void {
  const file = join(standards, 'iab-vast/xsd', SCHEMAS['4.2']);
  const schema = new DOMParser().parseFromString(
    readFileSync(file, 'utf8').replace(/^\uFEFF/, ''),
    'text/xml',
  );
  const types = new Map<string, Element>();
  for (const type of elements(schema, 'xs:complexType')) {
    const name = type.getAttribute('name');
    if (name) types.set(name, type);
  }
  const wanted = new Set<string>();
  for (const declared of elements(schema, 'xs:element')) {
    const name = declared.getAttribute('name') ?? '';
    wanted.add(name);
    for (const attribute of attributesOf(declared, types)) wanted.add(`${name}@${attribute}`);
  }
  const present = new Set<string>();
  for (const document of Object.values(DOCUMENTS)) {
    const { xml } = serializeVast(document, { version: '4.2' });
    for (const node of elements(new DOMParser().parseFromString(xml, 'text/xml'), '*')) {
      present.add(node.nodeName);
      for (const { name } of Array.from(node.attributes)) present.add(`${node.nodeName}@${name}`);
    }
  }
  for (const one of wanted)
    check(`${one} of the 4.2 schema in our documents`, present.has(one) ? undefined : 'missing');
}

function elements(parent: Document | Element, name: string): Element[] {
  return Array.from(parent.getElementsByTagName(name));
}

/** Attributes an element may have, by its own type and the types it extends. */
function attributesOf(declared: Element, types: ReadonlyMap<string, Element>): Set<string> {
  const found = new Set<string>();
  const seen = new Set<Element>();
  const walk = (node: Element): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const child of Array.from(node.childNodes) as Element[]) {
      if (child.nodeName === 'xs:attribute') found.add(child.getAttribute('name') ?? '');
      const base = child.nodeName === 'xs:extension' ? child.getAttribute('base') : null;
      const type = types.get((base ?? '').replace(/^vast:/, ''));
      if (type) walk(type);
      // Elements inside have attributes of their own.
      if (child.nodeName?.startsWith('xs:') && child.nodeName !== 'xs:element') walk(child);
    }
  };
  const named = types.get((declared.getAttribute('type') ?? '').replace(/^vast:/, ''));
  if (named) walk(named);
  walk(declared);
  return found;
}

interface PublishedMacro {
  readonly name: string;
  readonly type: string;
  readonly introversion: string;
  readonly support: string;
  readonly contexts: string;
}

const SINCE: Readonly<Record<string, string>> = { 'Next VAST release': 'next' };

/** Our list against the published one: names, first version, where they may be used, what is required. */
function checkMacros(): void {
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
  checkCoverage();
  checkVmap();
  checkMacros();
  for (const folder of ['iab-vast/samples', 'vast-client-js-samples', 'vast-tester-fixtures']) {
    for (const file of filesUnder(join(standards, folder))) checkSample(file);
  }
  for (const validator of validators.values()) validator.dispose();
  vmapValidator?.dispose();
  for (const failure of failures) console.error(`FAIL ${failure}`);
  console.log(`vast conformance: ${passed} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = main();
