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
} from '@cuepoint/vast';
import { DOCUMENTS } from '../../../packages/vast/fixtures/documents.ts';
import {
  buildVastDocument,
  sampleAddresses,
  type VastAddresses,
} from '../../../server/src/modules/creatives/domain/vast-document.ts';
import { check } from './report.ts';
import { schemaProblem } from './schemas.ts';

/** What the product makes of a creative: with its measurement, and without. */
export function creativeDocuments(addresses: VastAddresses): Record<string, VastDocument> {
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
      addresses,
    );
    const name = `creative with ${vendors.length} vendors`;
    if (built.ok) documents[name] = built.document;
    else check(name, built.why);
  }
  return documents;
}

/** Our own documents in every version: valid, blocked by no rule, the same with and without indentation. */
export function checkGenerated(): void {
  const samples = sampleAddresses(
    'crv_01conformance',
    'https://ads.example',
    'https://fernwhistle.example/ridge',
  );
  for (const [name, document] of Object.entries({ ...DOCUMENTS, ...creativeDocuments(samples) })) {
    for (const version of VAST_VERSIONS) {
      const { xml } = serializeVast(document, { version });
      check(`${name} as ${version} against the schema`, schemaProblem(xml, version));
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
