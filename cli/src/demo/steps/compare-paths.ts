import type { FeeMode, SupplyAnalysis } from '@cuepoint/contract';
import { CommandError } from '../../output/failure.ts';
import type { DemoContext } from '../context.ts';
import type { BriefOutcome, SupplyOutcome } from '../result.ts';

const pathCount = 11;
const referenceCpm = 10;

/** The reference case: publisher net of the first two paths at a base CPM of 10, in micros. */
const referenceCase: ReadonlyArray<{ number: number; mode: FeeMode; netMicros: number }> = [
  { number: 1, mode: 'additive', netMicros: 7_020_000 },
  { number: 2, mode: 'additive', netMicros: 6_720_000 },
  { number: 1, mode: 'cascading', netMicros: 7_263_760 },
  { number: 2, mode: 'cascading', netMicros: 7_013_860 },
];

/** What reaches the publisher on every path, in both modes; the known case first, then this campaign's price. */
export async function comparePaths({ client }: DemoContext, brief: BriefOutcome): Promise<SupplyOutcome> {
  const reference = await client.supply.analyseSupplyPaths({ baseCpm: referenceCpm, currency: 'USD' });
  if (reference.paths.length !== pathCount)
    throw new CommandError(`${reference.paths.length} supply paths are loaded, not ${pathCount}`);
  const checks = referenceCase.map(({ number, mode, netMicros }) => {
    const { path, [mode]: stack } = pathOf(reference, number);
    return { path: path.name, mode, expectedMicros: netMicros, foundMicros: stack.publisherNetMicros };
  });
  const wrong = checks.find((check) => check.expectedMicros !== check.foundMicros);
  if (wrong)
    throw new CommandError(
      `the reference case of ${wrong.path}, ${wrong.mode}, is ${wrong.foundMicros} micros and must be ${wrong.expectedMicros}`,
    );
  const campaign = await client.supply.analyseSupplyPaths({
    baseCpm: brief.cpmMicros / 1_000_000,
    currency: brief.currency,
  });
  return { reference, checks, campaign };
}

export function pathOf(analysis: SupplyAnalysis, number: number): SupplyAnalysis['paths'][number] {
  const found = analysis.paths.find(({ path }) => path.number === number);
  if (!found) throw new CommandError(`there is no supply path ${number}`);
  return found;
}
