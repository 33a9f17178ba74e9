import { analyseSupplyPaths, listSupplyPaths } from '@cuepoint/contract';
import { implement } from '../../../kernel/implement.ts';
import { analysePaths } from '../domain/analyse-paths.ts';
import { showPath } from '../domain/show-path.ts';
import { storedPaths } from '../stored-paths.ts';

export const listSupplyPathsOperation = implement(listSupplyPaths, async (_input, { tx }) => ({
  items: (await storedPaths(tx)).map(showPath),
}));

export const analyseSupplyPathsOperation = implement(analyseSupplyPaths, async (input, context) => {
  const paths = await storedPaths(context.tx);
  const byNumber = (field: 'first' | 'second') => {
    const path = paths.find((candidate) => candidate.number === input[field]);
    if (path) return path;
    const accepted = paths.map((candidate) => candidate.number).join(', ') || 'none is loaded';
    return context.fail('supply_path.not_found', `${field}: no supply path ${input[field]}.`, {
      fields: [{ field, message: 'no such supply path', value: input[field], accepted }],
    });
  };
  const [first, second] = [byNumber('first'), byNumber('second')];
  const grossCpmMicros = Math.round(input.baseCpm * 1_000_000);
  const { currency, creativeCostMicros } = input;
  const result =
    grossCpmMicros > 0
      ? analysePaths({ paths, grossCpmMicros, currency, first, second, creativeCostMicros })
      : { ok: false as const, path: first, why: 'The price is less than a millionth.' };
  if (result.ok) return { ...result.analysis, computedAt: context.now.toISOString() };
  return context.fail('supply.infeasible', `baseCpm: path ${result.path.number}: ${result.why}`, {
    fields: [{ field: 'baseCpm', message: 'the fees of a path reach the whole price', value: input.baseCpm }],
  });
});
