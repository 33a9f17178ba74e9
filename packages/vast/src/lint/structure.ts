import { childPaths } from '../fit.ts';
import { type ContentModel, contentModel, type Scope, scopeInside } from '../grammar.ts';
import type { VastVersion } from '../version.ts';
import { localName, textOf, type XmlElement } from '../xml/element.ts';
import { finding, type LintFinding, type LintRuleId } from './rules.ts';
import { checkValues } from './values.ts';

/** An element met on the way through a document. */
export interface Visit {
  readonly node: XmlElement;
  readonly name: string;
  readonly path: string;
  readonly scope: Scope;
  readonly parent: string;
}

/** Missing elements that deserve their own words. */
const MISSING: Readonly<Record<string, LintRuleId>> = {
  'Ad/InLine or Wrapper': 'ad.empty',
  'InLine/Impression': 'impression.missing',
  'InLine/AdServingId': 'inline.no-ad-serving-id',
  'Wrapper/Impression': 'wrapper.impression-missing',
  'Wrapper/VASTAdTagURI': 'wrapper.no-tag-uri',
  'Linear/MediaFiles': 'linear.no-media',
  'MediaFiles/MediaFile': 'linear.no-media',
  'Creative/UniversalAdId': 'creative.no-universal-ad-id',
};

/** Checks a tree against the grammar of its version and calls `visit` for every element outside extensions. */
export function checkStructure(
  root: XmlElement,
  version: VastVersion,
  visit: (visit: Visit) => void,
  path: string = root.name,
): LintFinding[] {
  const findings: LintFinding[] = [];
  const walk = (node: XmlElement, path: string, scope: Scope, parent: string): void => {
    const name = localName(node.name);
    const model = contentModel(name, version, scope);
    visit({ node, name, path, scope, parent });
    if (!model || model.any) return;
    checkAttributes(node, model, path, findings);
    findings.push(...checkValues(node, name, version, scope, path));
    if (model.text && name !== 'Category' && textOf(node) === '') {
      findings.push(finding('text.missing', path, `${name} is empty`));
    }
    const paths = childPaths(node, path);
    checkChildren(name, model, paths, path, version, findings);
    const inside = scopeInside(name, scope);
    for (const [child, childPath] of paths) walk(child, childPath, inside, name);
  };
  walk(root, path, [], '');
  return findings;
}

function checkAttributes(node: XmlElement, model: ContentModel, path: string, findings: LintFinding[]): void {
  for (const { name, required } of model.attributes) {
    if (required && (node.attributes[name] ?? '').trim() === '') {
      findings.push(finding('attribute.missing', `${path}@${name}`, `the attribute ${name} is required`));
    }
  }
  for (const name of Object.keys(node.attributes)) {
    if (/^xmlns|^xsi:|^xml:/.test(name) || model.attributes.some((known) => known.name === name)) continue;
    findings.push(
      finding('attribute.unexpected', `${path}@${name}`, `the attribute ${name} is not part of the schema`),
    );
  }
}

function checkChildren(
  name: string,
  model: ContentModel,
  paths: ReadonlyMap<XmlElement, string>,
  path: string,
  version: VastVersion,
  findings: LintFinding[],
): void {
  const counts = new Map<string, number>();
  // The 4.0 and 4.1 schemas let the parts of an inline creative come in any order.
  const ordered = !(name === 'Creative' && (version === '4.0' || version === '4.1'));
  let furthest = 0;
  let disorder: string | undefined;
  for (const [child, childPath] of paths) {
    const childName = localName(child.name);
    const index = model.groups.findIndex((group) => group.some((particle) => particle.name === childName));
    if (index < 0) {
      findings.push(
        finding('element.unexpected', childPath, `${childName} is not part of ${name} in VAST ${version}`),
      );
      continue;
    }
    const seen = (counts.get(childName) ?? 0) + 1;
    counts.set(childName, seen);
    const particle = model.groups[index]?.find((candidate) => candidate.name === childName);
    if (seen === 2 && !particle?.many) {
      findings.push(finding('element.repeated', childPath, `${name} takes only one ${childName}`));
    }
    if (index < furthest && disorder === undefined) disorder = childPath;
    furthest = Math.max(furthest, index);
  }
  if (ordered && disorder !== undefined) {
    findings.push(finding('element.order', disorder, `it comes too late inside ${name}`));
  }
  for (const group of model.groups) {
    const present = group.filter((particle) => counts.has(particle.name));
    if (present.length > 1) {
      const names = present.map((particle) => particle.name).join(' and ');
      findings.push(finding('element.repeated', path, `${name} takes either, not both: ${names}`));
    }
    if (present.length === 0 && group.every((particle) => particle.min === 1)) {
      const wanted = group.map((particle) => particle.name).join(' or ');
      findings.push(
        finding(MISSING[`${name}/${wanted}`] ?? 'element.missing', path, `${name} has no ${wanted}`),
      );
    }
  }
}
