import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newWriter } from './shared-caps.ts';

/**
 * The name under which a node's exposures are told to others. It lies beside the log that the own counts are rebuilt from:
 * who loses the one loses the other, and then takes what it once wrote for another node's.
 */
export async function nodeWriter(logDir: string): Promise<string> {
  const path = join(logDir, 'exposures-writer');
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (/^[0-9a-f]{8}\n$/.test(kept)) return kept.trim();
  const writer = newWriter();
  const file = await open(path, 'w');
  try {
    await file.writeFile(`${writer}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
  return writer;
}
