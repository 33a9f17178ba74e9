import { queryEvents } from '@cuepoint/contract';
import { implementPrepared } from '../../../kernel/implement.ts';
import { accountFolder } from '../domain/archive-rows.ts';
import { type ArchiveQueryPorts, type QueryAnswer, QueryRefusedError } from '../ports.ts';

/** @param archive null when nothing is archived here */
export function queryEventsOperation(archive: ArchiveQueryPorts | null) {
  return implementPrepared(
    queryEvents,
    async ({ sql, limit }, { accountId, fail }) => {
      if (archive === null) return fail('archive.off', 'Raw events are not archived by this installation.');
      const started = performance.now();
      try {
        const { answer, files } = await ask(archive, accountId, sql, limit);
        return { ...answer, files, tookMs: Math.round(performance.now() - started) };
      } catch (error) {
        if (!(error instanceof QueryRefusedError)) throw error;
        return error.kind === 'limit'
          ? fail('query.limit', `The query was stopped: ${error.message}.`)
          : fail('query.invalid', `The query cannot be run: ${error.message}`);
      }
    },
    async (_input, _context, answer) => answer,
  );
}

/** Looks again, once, when a merge took a file away while it was read. */
async function ask(
  { store, query }: ArchiveQueryPorts,
  accountId: string,
  sql: string,
  limit: number,
): Promise<{ answer: QueryAnswer; files: number }> {
  for (let attempt = 1; ; attempt++) {
    const files = (await store.list(accountFolder(accountId)))
      .map(({ key }) => key)
      .filter((key) => key.endsWith('.parquet'))
      .map((key) => store.pathOf(key));
    try {
      return { answer: await query(files, sql, limit), files: files.length };
    } catch (error) {
      if (error instanceof QueryRefusedError || attempt === 2) throw error;
    }
  }
}
