import { fitToVersion } from '../fit.ts';
import type { VastDocument } from '../model.ts';
import { readVastRoot } from '../parse.ts';
import { documentToTree } from '../to-tree.ts';
import type { VastVersion } from '../version.ts';
import { elementsOf, localName, type XmlElement } from '../xml/element.ts';
import type { XmlLimits } from '../xml/read.ts';
import { finding, type LintFinding } from './rules.ts';
import { SEMANTIC_CHECKS } from './semantics.ts';
import { checkStructure, type Visit } from './structure.ts';
import { checkUrl } from './urls.ts';

/** How to lint. */
export interface LintOptions {
  /** For a document: the version to judge it as; its own when absent. Text states its version itself. */
  readonly version?: VastVersion;
  /** Bounds on the XML, each defaulting to DEFAULT_XML_LIMITS. */
  readonly limits?: Partial<XmlLimits>;
  /** Findings after which to stop looking, 1000 by default; hostile documents can have very many. */
  readonly maxFindings?: number;
}

const RANK = { block: 0, warn: 1, info: 2 } as const;

/**
 * Judges VAST text or a document: the schema of its version, and what the schema lets pass although players or
 * publishers do not. Findings come worst first, each with a remedy and the section behind it. Template
 * slots in a document are taken for good URLs.
 */
export function lintVast(input: string | VastDocument, options: LintOptions = {}): LintFinding[] {
  const { tree, version, findings } =
    typeof input === 'string' ? readText(input, options) : fitDocument(input, options);
  if (!tree) return findings;
  const visit = (place: Visit): void => {
    if (findings.length > (options.maxFindings ?? 1000)) return;
    findings.push(...(SEMANTIC_CHECKS[place.name]?.(place, version) ?? []), ...checkUrl(place));
    if (place.name === 'Extension') for (const inner of carriedVerifications(place)) visit(inner);
  };
  findings.push(...checkStructure(tree, version, visit));
  return findings
    .map((found, index) => ({ found, index }))
    .sort((a, b) => RANK[a.found.severity] - RANK[b.found.severity] || a.index - b.index)
    .slice(0, options.maxFindings ?? 1000)
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

/** Before 4.1 verification travels in an extension; it is judged there too. */
function carriedVerifications({ node, path, scope, name }: Visit): Visit[] {
  if (node.attributes.type !== 'AdVerifications') return [];
  return elementsOf(node)
    .flatMap(elementsOf)
    .filter((inner) => localName(inner.name) === 'Verification')
    .flatMap((inner) => {
      const at = `${path}/AdVerifications/Verification`;
      const scripts = elementsOf(inner).map((script) => ({
        node: script,
        name: localName(script.name),
        path: `${at}/${script.name}`,
        scope,
        parent: 'Verification',
      }));
      return [{ node: inner, name: 'Verification', path: at, scope, parent: name }, ...scripts];
    });
}
