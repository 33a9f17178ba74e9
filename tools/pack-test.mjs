/**
 * Packs every publishable package, installs each tarball with nothing but what it declares into an empty directory,
 * without a network, looks whether all is in it that must be, imports it under plain Node, and compiles a program against
 * its declarations. A package with `fixtures/installed.ts` has that compiled and run as well: it uses what was installed.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackage, publishablePackages } from './build-packages.mjs';
import { bin, root, run } from './steps.mjs';

const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

/** What an installed package lacks, or has and should not; undefined when it is as it should be. */
function lackOf(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const missing = ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts'].find(
    (name) => !files.includes(name),
  );
  if (missing !== undefined) return `${missing} is not in the tarball`;
  const strange = files.find(
    (name) => /\.test\.|(^|[/\\])(src|fixtures)([/\\]|$)|\.ts$/.test(name) && !name.endsWith('.d.ts'),
  );
  return strange === undefined ? undefined : `${strange} is in the tarball`;
}

/** Compiles a program beside what is installed: what it imports is read as it was published. */
function compile(folder, file) {
  const settings = [
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--lib',
    'es2023,dom',
    '--types',
    '',
  ];
  return run(bin('tsc'), [...settings, file], { cwd: folder });
}

/**
 * One step a package.
 * @returns {Array<{ name: string, work: () => Promise<{ code: number, output: string, seconds: number }> }>}
 */
export function packSteps() {
  const work = mkdtempSync(join(tmpdir(), 'cuepoint-pack-'));
  process.once('exit', () => rmSync(work, { recursive: true, force: true }));
  const entries = publishablePackages();
  const tarballs = new Map();

  /** Tarball of a package of ours, or of one that npm installed. */
  async function pack(name) {
    const present = tarballs.get(name);
    if (present) return present;
    const own = entries.find((entry) => entry.name === name);
    const folder = own?.folder ?? join(root, 'node_modules', name);
    const target = join(work, 'tarballs', name.replaceAll('/', '-'));
    mkdirSync(target, { recursive: true });
    const packed = await run('npm', ['pack', folder, '--pack-destination', target, ...quiet]);
    if (packed.code !== 0) throw new Error(packed.output);
    const file = join(target, readdirSync(target)[0]);
    tarballs.set(name, file);
    return file;
  }

  /** Names of everything a package needs, its own name among them. */
  function closure(name) {
    const own = entries.find((entry) => entry.name === name);
    return [name, ...(own?.dependencies ?? []).flatMap(closure)];
  }

  async function installAlone(entry) {
    const built = await buildPackage(entry);
    if (built.code !== 0) return built;
    const folder = join(work, 'alone', entry.name.split('/')[1]);
    mkdirSync(folder, { recursive: true });
    const dependencies = {};
    for (const name of closure(entry.name)) dependencies[name] = `file:${await pack(name)}`;
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ type: 'module', private: true, dependencies }),
    );
    const installed = await run('npm', ['install', '--offline', ...quiet], { cwd: folder });
    if (installed.code !== 0) return installed;
    const lacking = lackOf(join(folder, 'node_modules', entry.name));
    if (lacking !== undefined) return { code: 1, output: `${entry.name}: ${lacking}` };
    writeFileSync(
      join(folder, 'use.ts'),
      `import * as it from '${entry.name}';\nexport const names: readonly string[] = Object.keys(it);\n`,
    );
    const typed = await compile(folder, 'use.ts');
    if (typed.code !== 0) return typed;
    const example = join(entry.folder, 'fixtures/installed.ts');
    if (existsSync(example)) {
      copyFileSync(example, join(folder, 'installed.ts'));
      const compiled = await compile(folder, 'installed.ts');
      if (compiled.code !== 0) return compiled;
      const used = await run(process.execPath, ['installed.js'], { cwd: folder });
      if (used.code !== 0) return used;
    }
    const program = `const it = await import('${entry.name}');
      if (Object.keys(it).length === 0) throw new Error('it exports nothing');`;
    return run(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
  }

  return entries.map((entry) => ({
    name: `${entry.name} alone`,
    work: async () => {
      const started = performance.now();
      const result = await installAlone(entry).catch((error) => ({ code: 1, output: String(error) }));
      return { ...result, seconds: (performance.now() - started) / 1000 };
    },
  }));
}
