/**
 * Builds dist/ of every publishable package: JavaScript and declarations, by the compiler alone. The licence is put beside it.
 *
 *   node tools/build-packages.mjs
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bin, root, run } from './steps.mjs';

/**
 * Packages that are published, in an order in which each finds what it depends on built.
 * @returns {Array<{ name: string, folder: string, dependencies: string[] }>}
 */
export function publishablePackages() {
  const all = readdirSync(join(root, 'packages')).map((folder) => {
    const path = join(root, 'packages', folder);
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    return { name: manifest.name, folder: path, dependencies: Object.keys(manifest.dependencies ?? {}) };
  });
  const ordered = [];
  const visit = (entry) => {
    if (ordered.includes(entry)) return;
    for (const other of all) if (entry.dependencies.includes(other.name)) visit(other);
    ordered.push(entry);
  };
  all.forEach(visit);
  return ordered;
}

/**
 * @param {{ name: string, folder: string }} entry
 * @returns {Promise<{ code: number, output: string, seconds: number }>}
 */
export function buildPackage(entry) {
  const dist = join(entry.folder, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const cache = join(root, 'node_modules/.cache/cuepoint');
  mkdirSync(cache, { recursive: true });
  const config = join(cache, `tsconfig.${entry.name.split('/')[1]}.json`);
  const settings = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      // What a package builds on is read as it is published.
      customConditions: [],
      rootDir: join(entry.folder, 'src'),
      outDir: dist,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [join(entry.folder, 'src')],
    exclude: ['test', 'test-d', 'fixture']
      .map((kind) => join(entry.folder, `src/**/*.${kind}.ts`))
      .concat(join(entry.folder, 'src/**/fixture.ts')),
  };
  writeFileSync(config, JSON.stringify(settings, null, 2));
  // The licence demands a copy of itself in what is handed out; npm packs it wherever it lies.
  copyFileSync(join(root, 'LICENSE'), join(entry.folder, 'LICENSE'));
  return run(bin('tsc'), ['-p', config]);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const entry of publishablePackages()) {
    const { code, output, seconds } = await buildPackage(entry);
    console.log(`${code === 0 ? 'built ' : 'FAILED'} ${entry.name} (${seconds.toFixed(1)} s)`);
    if (code !== 0) {
      console.log(output);
      process.exitCode = 1;
    }
  }
}
