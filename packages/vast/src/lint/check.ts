import type { VastVersion } from '../version.ts';
import { elementsOf, localName, type XmlElement } from '../xml/element.ts';
import type { LintFinding } from './rules.ts';
import type { Visit } from './structure.ts';

/** A check of one element, beyond the schema. */
export type Check = (visit: Visit, version: VastVersion) => LintFinding[];

/** The first child of that name. */
export function child(node: XmlElement, name: string): XmlElement | undefined {
  return elementsOf(node).find((candidate) => localName(candidate.name) === name);
}

/** All children of that name. */
export function children(node: XmlElement | undefined, name: string): XmlElement[] {
  return node ? elementsOf(node).filter((candidate) => localName(candidate.name) === name) : [];
}
