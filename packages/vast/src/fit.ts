import {
  type ContentModel,
  contentModel,
  firstVersionOf,
  type Particle,
  type Scope,
  scopeInside,
} from './grammar.ts';
import { translateTrackingEvent } from './tracking-events.ts';
import { isAtLeast, VAST_VERSIONS, type VastVersion } from './version.ts';
import { element, elementsOf, isElement, localName, type XmlElement } from './xml/element.ts';

/** A tree that obeys the grammar of a version, and what had to go. */
export interface FittedTree {
  readonly tree: XmlElement;
  /** One line per loss: path, colon, reason. */
  readonly dropped: readonly string[];
}

/**
 * Orders a tree as the schema of `version` demands and takes out what that version cannot say. Losses are
 * listed, never silent; required things that are missing are not invented (lint reports them).
 */
export function fitToVersion(tree: XmlElement, version: VastVersion, scope: Scope = []): FittedTree {
  const dropped: string[] = [];
  return { tree: fit(tree, version, scope, tree.name, dropped), dropped };
}

/** Path of every child: its position is given (from 1) only where there are siblings of that name. */
export function childPaths(parent: XmlElement, path: string): Map<XmlElement, string> {
  const children = elementsOf(parent);
  const totals = new Map<string, number>();
  for (const { name } of children) totals.set(name, (totals.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  const paths = new Map<XmlElement, string>();
  for (const child of children) {
    const position = (seen.get(child.name) ?? 0) + 1;
    seen.set(child.name, position);
    paths.set(
      child,
      totals.get(child.name) === 1 ? `${path}/${child.name}` : `${path}/${child.name}[${position}]`,
    );
  }
  return paths;
}

function fit(
  node: XmlElement,
  version: VastVersion,
  scope: Scope,
  path: string,
  dropped: string[],
): XmlElement {
  const name = localName(node.name);
  const model = contentModel(name, version, scope);
  if (!model || model.any) return node;
  const attributes: Record<string, string> = {};
  for (const { name: attribute } of model.attributes) {
    const value = node.attributes[attribute];
    if (value !== undefined) attributes[attribute] = value;
  }
  for (const attribute of Object.keys(node.attributes)) {
    if (attribute.startsWith('xmlns')) attributes[attribute] = node.attributes[attribute] as string;
    else if (!(attribute in attributes)) dropped.push(`${path}@${attribute}: not part of VAST ${version}`);
  }
  const text = model.text ? node.children.filter((child) => !isElement(child)) : [];
  const children = fitChildren(node, version, scope, path, dropped, model.groups);
  return element(node.name, attributes, [...text, ...children]);
}

function fitChildren(
  node: XmlElement,
  version: VastVersion,
  scope: Scope,
  path: string,
  dropped: string[],
  groups: readonly (readonly Particle[])[],
): XmlElement[] {
  const inside = scopeInside(localName(node.name), scope);
  const paths = childPaths(node, path);
  const waiting = new Set(paths.keys());
  const kept: XmlElement[] = [];
  for (const group of groups) {
    let chosen: string | undefined;
    for (const { name, many } of group) {
      let taken = 0;
      for (const child of [...waiting].filter((candidate) => localName(candidate.name) === name)) {
        waiting.delete(child);
        const where = paths.get(child) as string;
        if (chosen !== undefined && chosen !== name) {
          dropped.push(`${where}: VAST ${version} takes either ${chosen} or ${name} here`);
        } else if (taken > 0 && !many) {
          dropped.push(`${where}: VAST ${version} takes only one`);
        } else {
          const fitted =
            fitRequired(child, version, inside, where, dropped) &&
            fitTracking(child, version, inside, where, dropped);
          const whole = fitted && fit(fitted, version, inside, where, dropped);
          if (whole && isHollow(fitted, whole))
            dropped.push(`${where}: VAST ${version} demands content there, and nothing of it is left`);
          else if (whole) kept.push(whole);
          chosen = name;
          taken++;
        }
      }
    }
  }
  for (const child of waiting) {
    const since = firstVersionOf(localName(child.name));
    const hint = since === undefined || isAtLeast(version, since) ? '' : ` (known since ${since})`;
    dropped.push(`${paths.get(child)}: not part of VAST ${version} here${hint}`);
  }
  return kept;
}

const HOLLOW: Readonly<Record<string, string>> = { Icons: 'Icon', NonLinearAds: 'NonLinear' };

/** A container that lost all it was for: empty it would break the schema of versions before 4.0. */
function isHollow(before: XmlElement, after: XmlElement): boolean {
  const content = HOLLOW[localName(after.name)];
  const holds = (node: XmlElement): boolean =>
    elementsOf(node).some(({ name }) => localName(name) === content);
  return content !== undefined && holds(before) && !holds(after);
}

/**
 * An element may lack what its version demands and later versions do not (an icon without size in 3.0): it
 * cannot be said in that version. An ad stays whatever it lacks; lint says what is wrong with it.
 */
function fitRequired(
  node: XmlElement,
  version: VastVersion,
  scope: Scope,
  path: string,
  dropped: string[],
): XmlElement | undefined {
  const name = localName(node.name);
  if (name === 'Ad') return node;
  const later = VAST_VERSIONS.slice(VAST_VERSIONS.indexOf(version) + 1);
  const missing = contentModel(name, version, scope)?.attributes.find(
    (attribute) =>
      attribute.required &&
      node.attributes[attribute.name] === undefined &&
      later.some((other) => !demands(contentModel(name, other, scope), attribute.name)),
  );
  if (!missing) return node;
  dropped.push(`${path}: VAST ${version} demands ${missing.name} there, and it has none`);
  return undefined;
}

function demands(model: ContentModel | undefined, attribute: string): boolean {
  return model?.attributes.some(({ name, required }) => name === attribute && required) ?? false;
}

/** Renames a tracker to the version's own word for the same event; undefined when it has none. */
function fitTracking(
  node: XmlElement,
  version: VastVersion,
  scope: Scope,
  path: string,
  dropped: string[],
): XmlElement | undefined {
  const event = node.attributes.event;
  if (localName(node.name) !== 'Tracking' || event === undefined || scope.includes('Verification'))
    return node;
  const name = translateTrackingEvent(event, version);
  if (name === undefined) {
    dropped.push(`${path}: the event "${event}" is not part of VAST ${version}`);
    return undefined;
  }
  return name === event ? node : element(node.name, { ...node.attributes, event: name }, node.children);
}
