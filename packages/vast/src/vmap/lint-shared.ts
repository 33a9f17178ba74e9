import { checkForm } from '../lint/urls.ts';
import { localName, textOf, type XmlElement } from '../xml/element.ts';
import { type VmapLintFinding, vmapFinding } from './rules.ts';

/** The URL of an element: there, and absolute. */
export function checkAddress(node: XmlElement, path: string, role: 'tracker' | 'tag'): VmapLintFinding[] {
  const url = textOf(node);
  const name = localName(node.name);
  return url === ''
    ? [vmapFinding('vmap.url-missing', path, `${name} is empty`)]
    : checkForm(url, role, name, path, '4.2');
}

/** Attributes that are not among `known`. */
export function checkKnown(node: XmlElement, path: string, known: readonly string[]): VmapLintFinding[] {
  return Object.keys(node.attributes)
    .filter((name) => !known.includes(name) && !/^xmlns|^xsi:|^xml:/.test(name))
    .map((name) =>
      vmapFinding('vmap.attribute-unexpected', `${path}@${name}`, `${name} is not part of VMAP here`),
    );
}
