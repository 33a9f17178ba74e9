/**
 * Writes the generated pages of docs/. With `--check` it writes nothing and fails when one is out of date.
 *
 *   npm run docs
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages, root } from './docs/pages.ts';

const check = process.argv.includes('--check');
const { pages, problems } = generatedPages();
const stale: string[] = [];
for (const [path, text] of Object.entries(pages)) {
  const file = join(root, path);
  const present = existsSync(file) ? readFileSync(file, 'utf8') : null;
  if (present === text) continue;
  stale.push(path);
  if (!check) writeFileSync(file, text);
}
if (check && stale.length > 0) problems.push(`out of date: ${stale.join(', ')}; run npm run docs`);
else console.log(stale.length === 0 ? 'generated pages are up to date' : `written: ${stale.join(', ')}`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
