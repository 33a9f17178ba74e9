import { childPaths } from '../fit.ts';
import { worstFirst } from '../lint/lint.ts';
import { elementsOf, localName, type XmlElement } from '../xml/element.ts';
import type { XmlLimits } from '../xml/read.ts';
import { checkBreak } from './lint-break.ts';
import { checkKnown } from './lint-shared.ts';
import { checkTimeline } from './lint-timeline.ts';
import { VMAP_NAMESPACE, type VmapDocument } from './model.ts';
import { readVmapRoot } from './parse.ts';
import { type VmapLintFinding, vmapFinding } from './rules.ts';
import { vmapToTree } from './serialize.ts';

/** How to lint. */
export interface VmapLintOptions {
  /** Length of the content in milliseconds, when it is known: finds breaks after its end. */
  readonly contentDurationMs?: number;
  /** Bounds on the XML, each defaulting to DEFAULT_XML_LIMITS. */
  readonly limits?: Partial<XmlLimits>;
  /** Findings after which to stop looking, 1000 by default. */
  readonly maxFindings?: number;
}

/**
 * Judges VMAP text or a document: the schema of VMAP 1.0.1, what the schema lets pass (it takes any text for a time
 * offset and a break type), and every VAST inside by `lintVast`, its paths below the break. Findings come worst
 * first, each with a remedy and the section behind it.
 */
export function lintVmap(input: string | VmapDocument, options: VmapLintOptions = {}): VmapLintFinding[] {
  const root = typeof input === 'string' ? readVmapRoot(input, options) : fitted(input);
  if (!root.ok) return [vmapFinding(root.code, 'VMAP', root.message)];
  const { tree } = root;
  const most = options.maxFindings ?? 1000;
  const findings: VmapLintFinding[] = 'dropped' in root ? droppedFindings(root.dropped) : [];
  findings.push(...checkRoot(tree));
  const breaks = [...childPaths(tree, tree.name)].filter(([{ name }]) => localName(name) === 'AdBreak');
  for (const [node, path] of breaks) {
    if (findings.length > most) break;
    findings.push(...checkBreak(node, path, options));
  }
  findings.push(...checkTimeline(breaks, options.contentDurationMs));
  return worstFirst(findings, most);
}

function fitted(document: VmapDocument) {
  return { ok: true, ...vmapToTree(document) } as const;
}

function droppedFindings(dropped: readonly string[]): VmapLintFinding[] {
  return dropped.map((line) => {
    const colon = line.indexOf(': ');
    return vmapFinding('version.not-carried', line.slice(0, colon), line.slice(colon + 2));
  });
}

function checkRoot(tree: XmlElement): VmapLintFinding[] {
  const path = tree.name;
  const findings: VmapLintFinding[] = [];
  const prefix = tree.name.includes(':') ? `:${tree.name.slice(0, tree.name.indexOf(':'))}` : '';
  const namespace = tree.attributes[`xmlns${prefix}`];
  if (namespace !== VMAP_NAMESPACE)
    findings.push(vmapFinding('vmap.namespace', path, `the namespace is ${namespace ?? 'missing'}`));
  const children = elementsOf(tree).map(({ name }) => localName(name));
  if (!children.includes('AdBreak'))
    findings.push(vmapFinding('vmap.no-break', path, 'the document has no ad break'));
  for (const [node, childPath] of childPaths(tree, path)) {
    const name = localName(node.name);
    if (name === 'Extensions')
      findings.push(vmapFinding('vmap.root-extensions', childPath, 'the document has extensions of its own'));
    else if (name !== 'AdBreak')
      findings.push(vmapFinding('vmap.element-unexpected', childPath, `${name} is not part of VMAP here`));
  }
  return [...findings, ...checkKnown(tree, path, ['version'])];
}
