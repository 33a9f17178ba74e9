import { CARRIERS } from '../carry.ts';
import { childPaths, fitToVersion } from '../fit.ts';
import { type Scope, scopeInside } from '../grammar.ts';
import type { VastDocument } from '../model.ts';
import { readVastRoot } from '../parse.ts';
import { documentToTree } from '../to-tree.ts';
import type { VastVersion } from '../version.ts';
import { localName, type XmlElement } from '../xml/element.ts';
import type { XmlLimits } from '../xml/read.ts';
import { type ChainContext, chainChecks } from './chain-checks.ts';
import { finding, type LintFinding, type LintSeverity } from './rules.ts';
import { SEMANTIC_CHECKS } from './semantics.ts';
import { checkStructure, type Visit } from './structure.ts';
import { checkUrl } from './urls.ts';

/** How to lint. */
export interface LintOptions extends ChainContext {
  /** For a document: the version to judge it as; its own when absent. Text states its version itself. */
  readonly version?: VastVersion;
  /** Bounds on the XML, each defaulting to DEFAULT_XML_LIMITS. */
  readonly limits?: Partial<XmlLimits>;
  /** Findings after which to stop looking, 1000 by default; hostile documents can have very many. */
  readonly maxFindings?: number;
}

const MAX_FINDINGS = 1000;
const RANK = { block: 0, warn: 1, info: 2 } as const;

/**
 * Judges VAST text or a document: the schema of its version, and what the schema lets pass although players or
 * publishers do not. Findings come worst first, each with a remedy and the section behind it. Template
 * slots in a document are taken for good URLs.
 */
export function lintVast(input: string | VastDocument, options: LintOptions = {}): LintFinding[] {
  const subject = typeof input === 'string' ? readText(input, options) : fitDocument(input, options);
  const { tree, version, findings } = subject;
  if (tree) findings.push(...lintTree(tree, version, options));
  return worstFirst(findings, options.maxFindings);
}

/** The findings of one `VAST` element, in document order; `path` is where it stands. */
export function lintTree(
  tree: XmlElement,
  version: VastVersion,
  options: LintOptions = {},
  path: string = tree.name,
): LintFinding[] {
  const findings: LintFinding[] = [];
  const fromChain = chainChecks(options);
  const visit = (place: Visit): void => {
    if (findings.length > (options.maxFindings ?? MAX_FINDINGS)) return;
    for (const check of SEMANTIC_CHECKS[place.name] ?? []) findings.push(...check(place, version));
    findings.push(...(fromChain[place.name]?.(place, version) ?? []), ...checkUrl(place, version));
    for (const inner of carriedElements(place)) visit(inner);
  };
  findings.push(...checkStructure(tree, version, visit, path));
  return findings;
}

/** Sorted by severity, otherwise in the order given, and cut. */
export function worstFirst<T extends { readonly severity: LintSeverity }>(
  findings: readonly T[],
  maxFindings: number = MAX_FINDINGS,
): T[] {
  return findings
    .map((found, index) => ({ found, index }))
    .sort((a, b) => RANK[a.found.severity] - RANK[b.found.severity] || a.index - b.index)
    .slice(0, maxFindings)
    .map(({ found }) => found);
}

interface Subject {
  readonly tree: XmlElement | undefined;
  readonly version: VastVersion;
  readonly findings: LintFinding[];
}

function readText(text: string, options: LintOptions): Subject {
  const root = readVastRoot(text, options.limits ? { limits: options.limits } : {});
  if (root.ok) return { tree: root.tree, version: root.version, findings: [] };
  return { tree: undefined, version: '4.2', findings: [finding(root.code, 'VAST', root.message)] };
}

function fitDocument(document: VastDocument, options: LintOptions): Subject {
  const version = options.version ?? document.version;
  const { tree, dropped } = fitToVersion(documentToTree(document, version), version);
  const findings = dropped.map((line) => {
    const colon = line.indexOf(': ');
    return finding('version.not-carried', line.slice(0, colon), line.slice(colon + 2));
  });
  return { tree, version, findings };
}

/** What earlier versions carry in extensions is judged there too, by its own rules and not by a schema. */
function carriedElements({ node, path, scope, name }: Visit): Visit[] {
  if (name !== 'Extension' && name !== 'CreativeExtension') return [];
  if (!CARRIERS.some((carrier) => carrier === node.attributes.type)) return [];
  const visits: Visit[] = [];
  const walk = (parent: XmlElement, parentName: string, parentPath: string, inside: Scope): void => {
    for (const [child, childPath] of childPaths(parent, parentPath)) {
      const childName = localName(child.name);
      visits.push({ node: child, name: childName, path: childPath, scope: inside, parent: parentName });
      walk(child, childName, childPath, scopeInside(childName, inside));
    }
  };
  walk(node, name, path, scope);
  return visits;
}
