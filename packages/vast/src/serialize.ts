import { fitToVersion } from './fit.ts';
import type { VastDocument } from './model.ts';
import { documentToTree } from './to-tree.ts';
import type { VastVersion } from './version.ts';
import { writeXml } from './xml/write.ts';

/** The XML declaration every document starts with. */
export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** How to serialise. */
export interface SerializeOptions {
  /** Version to write; the document's own when absent. */
  readonly version?: VastVersion;
  /** Indentation for people; compact when false or absent. */
  readonly indent?: boolean;
}

/** A document as text, and what its version could not carry. */
export interface SerializedVast {
  readonly xml: string;
  /** One line per loss: path, colon, reason. Empty when the whole document is there. */
  readonly dropped: readonly string[];
}

/**
 * Writes a document in any version from 2.0 to 4.3, elements in the order of that version's schema.
 * What an older version has another place for moves there: AdVerifications to the agreed extension, an Ad-ID
 * to `Creative@AdID`, renamed tracking events to their earlier name, a creative of several parts to several
 * creatives. What it has no place for is listed in `dropped`.
 *
 * Throws XmlWriteError for a character XML cannot hold and RangeError for a time or amount out of range.
 */
export function serializeVast(document: VastDocument, options: SerializeOptions = {}): SerializedVast {
  const version = options.version ?? document.version;
  const { tree, dropped } = fitToVersion(documentToTree(document, version), version);
  const lineBreak = options.indent ? '\n' : '';
  const xml = XML_DECLARATION + lineBreak + writeXml(tree, { indent: options.indent ?? false }) + lineBreak;
  return { xml, dropped };
}
