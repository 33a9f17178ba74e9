import { posix } from 'node:path';
import { type ImportFact, readSource, type SourceFile } from './read-source.ts';

/** Which modules a module may ask, by their doors. The order is the order of the business; it is a DAG. */
export const moduleTable: Readonly<Record<string, readonly string[]>> = {
  accounts: [],
  governance: ['accounts'],
  campaigns: ['governance'],
  creatives: ['campaigns', 'governance'],
  studio: ['creatives', 'campaigns', 'governance'],
  inventory: ['accounts'],
  supply: ['accounts'],
  trafficking: ['campaigns', 'creatives', 'supply', 'governance'],
  delivery: ['campaigns', 'creatives', 'inventory'],
  events: ['delivery'],
  budgets: ['events'],
  reporting: ['events', 'campaigns', 'creatives'],
  backup: [],
  billing: ['campaigns', 'events', 'reporting'],
  privacy: [],
  system: ['accounts'],
  demo: ['accounts', 'governance', 'campaigns', 'creatives', 'inventory', 'events'],
};

/** What a pure package may import beside its own files. */
const packageImports: Readonly<Record<string, readonly string[]>> = {
  contract: ['zod'],
  client: ['@cuepoint/contract'],
};

/** Ambient values that a package may use all the same. */
const packageAmbient: Readonly<Record<string, readonly string[]>> = { client: ['fetch()', 'globalThis'] };

const purePackages = ['consent', 'contract', 'decisioning', 'supply-economics', 'taxonomy', 'vast'];
const consolePackages = ['client', 'contract', 'taxonomy', 'supply-economics', 'vast'];
const own = (name: string): string => `@cuepoint/${name}`;

export interface Violation {
  path: string;
  wall: string;
  what: string;
}

interface Seen {
  path: string;
  /** Folders of the path. */
  parts: string[];
  isTest: boolean;
  report: (wall: string, what: string) => void;
}

/** An import with its specifier resolved: a path of the repository, or a package. */
interface Target {
  fact: ImportFact;
  /** Path in the repository for relative and `#modules` imports, else null. */
  path: string | null;
  /** Package name for all others, e.g. `node:fs`, `@cuepoint/vast`, `drizzle-orm`. */
  packageName: string | null;
}

/** Tests, fixtures and helpers of tests: they may join what the product keeps apart. */
export function isTestFile(path: string): boolean {
  return (
    /(\.(test|test-d|bench|fixture|child)|-rounds)\.tsx?$/.test(path) ||
    /(^|\/)(testing|test|fixtures|fixture)(\/|\.ts$)/.test(path) ||
    /^(tools|bench|e2e)\//.test(path)
  );
}

/** Every breach of the walls in the given files. Pure: it reads nothing but what it is given. */
export function findViolations(files: readonly SourceFile[]): Violation[] {
  const violations: Violation[] = [];
  for (const file of files) {
    const seen: Seen = {
      path: file.path,
      parts: file.path.split('/'),
      isTest: isTestFile(file.path),
      report: (wall, what) => violations.push({ path: file.path, wall, what }),
    };
    const facts = readSource(file);
    const targets = facts.imports.map((fact) => resolveTarget(file.path, fact));
    for (const target of targets) {
      doors(seen, target);
      planes(seen, target);
      if (!seen.isTest) layers(seen, target);
    }
    if (!seen.isTest) purity(seen, facts.ambient);
    settings(seen, facts.ambient);
  }
  return violations;
}

/** A cycle of the module table, as the names on it; null when there is none. */
export function moduleCycle(table: Readonly<Record<string, readonly string[]>>): string[] | null {
  const done = new Set<string>();
  const visit = (name: string, trail: string[]): string[] | null => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const next of table[name] ?? []) {
      const cycle = visit(next, [...trail, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const name of Object.keys(table)) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return null;
}

function resolveTarget(from: string, fact: ImportFact): Target {
  const { specifier } = fact;
  if (specifier.startsWith('.')) {
    return { fact, path: posix.join(posix.dirname(from), specifier), packageName: null };
  }
  if (specifier.startsWith('#modules/')) {
    return {
      fact,
      path: `server/src/modules/${specifier.slice('#modules/'.length)}/index.ts`,
      packageName: null,
    };
  }
  const parts = specifier.split('/');
  const packageName = specifier.startsWith('node:')
    ? specifier
    : parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  return { fact, path: null, packageName };
}

const moduleOf = (path: string): string | null => /^server\/src\/modules\/([^/]+)\//.exec(path)?.[1] ?? null;
const workspaceOf = (path: string): string =>
  path.startsWith('packages/') ? path.split('/').slice(0, 2).join('/') : path.split('/')[0]!;

/** Doors only: a module is entered by `#modules/<name>`, and only by those the table names. */
function doors(seen: Seen, { fact, path }: Target): void {
  const into = path === null ? null : moduleOf(path);
  const from = moduleOf(seen.path);
  if (into === null || into === from) return;
  // Reference data is written in the terms of the domain that uses it; conformance checks judge pure domain code.
  const readsDomain = /^(server\/seeds\/reference|tools\/conformance)\//.test(seen.path);
  if (readsDomain && path?.split('/')[4] === 'domain') return;
  if (!fact.specifier.startsWith('#modules/')) {
    seen.report('door', `${fact.specifier} enters the module ${into} past its door; import #modules/${into}`);
    return;
  }
  if (from === null || seen.isTest) return;
  if (!(moduleTable[from] ?? []).includes(into)) {
    seen.report('module table', `${from} may not use ${into}; a port that compose.ts fills is the other way`);
  }
}

/** Who may know whom among server, sandbox, console, command line and the packages. */
function planes(seen: Seen, { fact, path, packageName }: Target): void {
  const workspace = workspaceOf(seen.path);
  const target = path === null ? (packageName ?? '') : workspaceOf(path);
  const known = (name: string): boolean => target === name || target === own(name);
  const tooling = ['tools', 'bench', 'e2e'].includes(workspace);
  if (path !== null && isCompose(path) && !isComposer(seen)) {
    seen.report('compose', 'compose.ts knows everything and is known by processes and the command line only');
  }
  if (
    path !== null &&
    target !== workspace &&
    !tooling &&
    !seen.isTest &&
    !path.startsWith('server/seeds/')
  ) {
    seen.report('workspace', `${fact.specifier} leaves ${workspace}; import the other workspace by its name`);
  }
  if (workspace === 'server' && (known('sandbox') || known('cli') || known('console'))) {
    seen.report('server', `${fact.specifier}: the server knows neither sandbox nor command line nor console`);
  }
  if (workspace === 'sandbox' && known('server')) {
    seen.report(
      'sandbox',
      `${fact.specifier}: a stand-in platform is written from the contract of the platform`,
    );
  }
  if (workspace === 'media' && packageName?.startsWith('@cuepoint/')) {
    seen.report('media', `${fact.specifier}: media knows no other workspace`);
  }
  if (workspace === 'console' && !seen.isTest) {
    const foreign = packageName?.startsWith('@cuepoint/') && !consolePackages.some(known);
    const node = packageName?.startsWith('node:') && seen.path.startsWith('console/src/');
    if (foreign || node)
      seen.report('console', `${fact.specifier} does not run in a browser or is not its to know`);
  }
}

function isComposer({ path, isTest }: Seen): boolean {
  return isTest || isCompose(path) || /^(server\/src\/processes|cli\/src)\//.test(path);
}

/** compose.ts and the parts it is split into. */
const isCompose = (path: string): boolean => /^server\/src\/compose(-[a-z]+)*\.ts$/.test(path);

/** What each layer may import. */
function layers(seen: Seen, target: Target): void {
  const [first, second] = seen.parts;
  if (first === 'packages') packageLayer(seen, second!, target);
  else if (seen.path.startsWith('server/src/kernel/')) kernelLayer(seen, target);
  else if (seen.path.startsWith('server/src/platform/')) platformLayer(seen, target);
  else if (seen.path.startsWith('server/src/skins/')) skinLayer(seen, target);
  else if (seen.path.startsWith('server/src/modules/')) {
    if (seen.parts[4] === 'domain') domainLayer(seen, target);
    else moduleLayer(seen, target);
  }
}

function packageLayer(seen: Seen, name: string, { fact, path, packageName }: Target): void {
  if (path !== null) {
    if (workspaceOf(path) !== `packages/${name}`)
      seen.report('package', `${fact.specifier} leaves the package`);
  } else if (!(packageImports[name] ?? []).includes(packageName!)) {
    seen.report('package', `${fact.specifier}: the package ${name} has no such dependency, by design`);
  }
}

function kernelLayer(seen: Seen, { fact, path, packageName }: Target): void {
  const foreign = path !== null && !path.startsWith('server/src/kernel/');
  const heavy =
    packageName !== null &&
    packageName !== 'zod' &&
    // Building a query is no I/O; running one is.
    packageName !== 'drizzle-orm' &&
    !isPurePackage(packageName) &&
    !isHash(fact) &&
    !fact.typeOnly;
  if (foreign || heavy) seen.report('kernel', `${fact.specifier}: the kernel knows packages only`);
}

function platformLayer(seen: Seen, { fact, path }: Target): void {
  const inside =
    path === null || /^server\/src\/(platform|kernel)\//.test(path) || path.startsWith('server/migrations/');
  if (!inside) seen.report('platform', `${fact.specifier}: platform knows kernel only`);
}

function skinLayer(seen: Seen, { fact, path, packageName }: Target): void {
  const inside = path === null || /^server\/src\/(skins|kernel)\//.test(path);
  if (!inside) seen.report('skin', `${fact.specifier}: a skin knows contract, kernel and bound operations`);
  const delivery = seen.path.startsWith('server/src/skins/delivery/');
  const database =
    packageName !== null && /^(pg|pg-boss|drizzle-orm|@electric-sql\/pglite)$/.test(packageName);
  if (database) seen.report('skin', `${fact.specifier}: a skin touches no database`);
  if (delivery && path !== null && !path.startsWith('server/src/skins/delivery/')) {
    const shared = [
      'server/src/kernel/delivery-protocol.ts',
      'server/src/kernel/ad-request.ts',
      'server/src/kernel/request-facts.ts',
      'server/src/kernel/ascii-json.ts',
      'server/src/kernel/bounded-cache.ts',
      'server/src/kernel/redis-port.ts',
      'server/src/kernel/log-stream.ts',
      'server/src/kernel/byte-range.ts',
      'server/src/kernel/debug-token.ts',
      'server/src/kernel/tracing.ts',
    ];
    if (!shared.includes(path))
      seen.report(
        'delivery plane',
        `${fact.specifier}: it knows the protocol between the planes and plain tools only`,
      );
  }
}

function domainLayer(seen: Seen, { fact, path, packageName }: Target): void {
  const inModule = seen.parts.slice(0, 4).join('/');
  if (path !== null) {
    const allowed =
      path.startsWith(`${inModule}/domain/`) ||
      path.startsWith('server/src/kernel/') ||
      path.startsWith('server/seeds/reference/') ||
      (path.startsWith(`${inModule}/`) && /ports\.ts$/.test(path) && fact.typeOnly) ||
      // The words of another module, not its doings.
      (fact.specifier.startsWith('#modules/') && fact.typeOnly);
    if (!allowed) seen.report('domain', `${fact.specifier}: a domain knows itself, kernel and packages`);
    return;
  }
  const allowed =
    packageName === 'zod' ||
    packageName === 'yaml' ||
    isPurePackage(packageName!) ||
    isHash(fact) ||
    (packageName === own('media') && fact.typeOnly);
  if (!allowed) seen.report('domain', `${fact.specifier}: a domain is pure`);
}

function moduleLayer(seen: Seen, { fact, path }: Target): void {
  if (path === null || moduleOf(path) !== null) return;
  if (path.startsWith('server/src/kernel/') || path.startsWith('server/seeds/')) return;
  if (path.startsWith('server/src/platform/')) {
    const worker = /^(adapters|jobs|jobs\.ts)$/.test(seen.parts[4] ?? '');
    if (!worker && !fact.typeOnly) {
      seen.report('module', `${fact.specifier}: adapters and jobs use platform; elsewhere only its types`);
    }
    return;
  }
  seen.report(
    'module',
    `${fact.specifier}: a module knows itself, kernel, platform and other modules' doors`,
  );
}

const isPurePackage = (name: string): boolean => purePackages.some((pure) => own(pure) === name);
/** A hash is a function of its input, although Node keeps it beside randomness and keys. */
const hashNames = new Set(['createHash', 'hash', 'createHmac', 'createSecretKey', 'KeyObject']);
/** Hashes, keyed ones too: the same in gives the same out. */
const isHash = (fact: ImportFact): boolean =>
  fact.specifier === 'node:crypto' && fact.names.every((name) => hashNames.has(name));

/** Clock, randomness, environment and network are arguments in packages and domains. */
function purity(seen: Seen, ambient: readonly string[]): void {
  const isDomain = moduleOf(seen.path) !== null && seen.parts[4] === 'domain';
  if (seen.parts[0] !== 'packages' && !isDomain) return;
  const allowed = seen.parts[0] === 'packages' ? (packageAmbient[seen.parts[1]!] ?? []) : [];
  for (const use of ambient) {
    if (!allowed.includes(use)) seen.report('purity', `${use} is not a function of the arguments`);
  }
}

/** One reader of the environment. */
function settings(seen: Seen, ambient: readonly string[]): void {
  if (seen.isTest || seen.path === 'server/src/config.ts') return;
  for (const use of ambient) {
    if (use === 'process.env') seen.report('settings', 'process.env is read in server/src/config.ts only');
  }
}
