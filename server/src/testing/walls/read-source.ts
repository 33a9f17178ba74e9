import { parseSync } from 'vite';

/** One file as the walls see it. Paths are relative to the root of the repository, with forward slashes. */
export interface SourceFile {
  path: string;
  source: string;
}

export interface ImportFact {
  specifier: string;
  /** Names that are taken; empty for `import 'x'`, `*` for a namespace, a star export or a dynamic import. */
  names: string[];
  /** Erased when the file runs: it costs nothing and joins nothing at run time. */
  typeOnly: boolean;
}

export interface SourceFacts {
  imports: ImportFact[];
  /** Uses of what is not a function of its arguments, e.g. `Date.now`, `new Date()`, `process.env`. */
  ambient: string[];
}

type Node = Record<string, unknown> & { type: string };

/** What a file imports and which ambient values it touches, from its syntax tree. @throws when it does not parse. */
export function readSource(file: SourceFile): SourceFacts {
  const { program, module, errors } = parseSync(file.path, file.source);
  if (errors.length > 0) throw new Error(`${file.path} does not parse: ${errors[0]?.message}`);
  const imports: ImportFact[] = [];
  for (const statement of module.staticImports) {
    imports.push({
      specifier: statement.moduleRequest.value,
      names: statement.entries.map((entry) => entry.importName.name ?? '*'),
      typeOnly: statement.entries.length > 0 && statement.entries.every((entry) => entry.isType),
    });
  }
  for (const statement of module.staticExports) {
    const from = statement.entries.filter((entry) => entry.moduleRequest !== null);
    if (from.length === 0) continue;
    imports.push({
      specifier: from[0]!.moduleRequest!.value,
      names: from.map((entry) => entry.importName.name ?? '*'),
      typeOnly: from.every((entry) => entry.isType),
    });
  }
  const ambient: string[] = [];
  walk(program as unknown as Node, null, imports, ambient);
  return { imports, ambient };
}

function walk(node: Node, parent: Node | null, imports: ImportFact[], ambient: string[]): void {
  if (node.type === 'ImportExpression' || node.type === 'TSImportType') {
    const source = node.source as Node;
    if (source.type === 'Literal') {
      const typeOnly = node.type === 'TSImportType';
      imports.push({ specifier: String(source.value), names: ['*'], typeOnly });
    } else ambient.push('import(computed)');
  }
  const found = ambientUse(node, parent);
  if (found !== null) ambient.push(found);
  for (const [key, value] of Object.entries(node)) {
    if (key === 'type' || key === 'start' || key === 'end') continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, node, imports, ambient);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

const ambientObjects = new Set(['process', 'globalThis', 'performance', 'crypto']);
const ambientCalls = new Set([
  ...['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'require', 'Date'],
]);

function ambientUse(node: Node, parent: Node | null): string | null {
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'Date') {
    return (node.arguments as unknown[]).length === 0 ? 'new Date()' : null;
  }
  if (node.type === 'CallExpression') {
    const callee = nameOf(node.callee);
    return callee !== null && ambientCalls.has(callee) ? `${callee}()` : null;
  }
  if (node.type !== 'MemberExpression') return ambientName(node, parent);
  const object = nameOf(node.object);
  const property = node.computed === true ? literalOf(node.property) : nameOf(node.property);
  if (object === 'Date' && property === 'now') return 'Date.now';
  if (object === 'Math' && property === 'random') return 'Math.random';
  if (object === 'process' && property === 'env') {
    // A convention of terminals, not a setting of the product.
    return nameOf(parent?.property) === 'NO_COLOR' ? 'NO_COLOR' : 'process.env';
  }
  if ((node.object as Node).type === 'MetaProperty' && property === 'env') return 'import.meta.env';
  return null;
}

/** `process` and its like, also when they are handed on whole (`const { env } = process`). */
function ambientName(node: Node, parent: Node | null): string | null {
  const name = nameOf(node);
  if (name === null || !ambientObjects.has(name) || parent === null) return null;
  const isName =
    (parent.type === 'MemberExpression' && parent.property === node && parent.computed !== true) ||
    (parent.type === 'Property' && parent.key === node && parent.value !== node) ||
    (parent.type.startsWith('TS') &&
      parent.type !== 'TSAsExpression' &&
      parent.type !== 'TSNonNullExpression') ||
    parent.type === 'PropertyDefinition' ||
    parent.type === 'MethodDefinition' ||
    parent.type === 'ImportSpecifier' ||
    parent.type === 'ExportSpecifier';
  return isName ? null : name;
}

const nameOf = (node: unknown): string | null =>
  isNode(node) && node.type === 'Identifier' ? String(node.name) : null;
const literalOf = (node: unknown): string | null =>
  isNode(node) && node.type === 'Literal' ? String(node.value) : null;
