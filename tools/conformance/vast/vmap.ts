import { isDeepStrictEqual } from 'node:util';
import {
  lintVmap,
  parseVast,
  parseVmap,
  serializeVast,
  serializeVmap,
  VAST_VERSIONS,
  type VmapDocument,
  vmapDocument,
} from '@cuepoint/vast';
import { DOCUMENTS } from '../../../packages/vast/fixtures/documents.ts';
import { VMAPS } from '../../../packages/vast/fixtures/vmaps.ts';
import { check } from './report.ts';
import { vmapSchemaProblem } from './schemas.ts';

/** VMAP of every kind, with every document of ours inside in every version, against its schema. */
export function checkVmap(): void {
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
