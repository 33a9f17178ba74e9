import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serializeVast } from '@cuepoint/vast';
import { DOMParser } from '@xmldom/xmldom';
import { DOCUMENTS } from '../../../packages/vast/fixtures/documents.ts';
import { check, standards } from './report.ts';
import { SCHEMAS } from './schemas.ts';

/**
 * Every element and attribute of the 4.2 schema occurs in our own documents, which are known to come back whole: nothing
 * of the schema is without a place in the model.
 */
export function checkCoverage(): void {
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
