import type { TargetingNode } from '@cuepoint/contract';
import { and, eq, inArray, ne } from 'drizzle-orm';
import type { AppErrorExtra } from '../../../kernel/app-error.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { budgetRefusal } from '../domain/flight-rules.ts';
import {
  type FieldProblem,
  type LineItemSettings,
  settingsProblems,
  treeProblems,
} from '../domain/line-item-rules.ts';
import { plannedMicros } from '../domain/planned-money.ts';
import { withShorthands } from '../domain/targeting-shorthands.ts';
import type { CampaignRow } from '../queries.ts';
import { campaignTable, flightTable, lineItemTable } from '../tables.ts';

type Fail<C extends string> = (code: C, detail: string, extra?: AppErrorExtra) => never;

const said = (problems: readonly FieldProblem[]) =>
  problems
    .map(
      ({ field, message, accepted }) => `${field}: ${message}${accepted ? `; accepted: ${accepted}` : ''}.`,
    )
    .join(' ');

/** Refuses settings that do not fit together, all of them at once. */
export function requireFittingSettings(settings: LineItemSettings, fail: Fail<'line_item.invalid'>): void {
  const problems = settingsProblems(settings);
  if (problems.length > 0) fail('line_item.invalid', said(problems), { fields: problems });
}

/** The tree that the input means: what it says or was there, with the shorthands put in. */
export function targetingOf(
  input: {
    targeting?: TargetingNode | undefined;
    countries?: readonly string[] | undefined;
    deviceTypes?: readonly string[] | undefined;
  },
  before: TargetingNode,
  fail: Fail<'targeting.invalid'>,
): TargetingNode {
  const tree = input.targeting ?? before;
  // First alone: the shorthands look into it.
  requireTree(tree, fail);
  const whole = withShorthands(tree, input);
  requireTree(whole, fail);
  return whole;
}

function requireTree(tree: TargetingNode, fail: Fail<'targeting.invalid'>): void {
  const problems = treeProblems(tree);
  if (problems.length > 0) fail('targeting.invalid', said(problems), { fields: problems });
}

/** Refuses what the campaign cannot pay for. `planned` is the money of the flights in the input, others are read. */
export async function requireMoney(
  tx: Tx,
  campaign: CampaignRow,
  change: { planned: number; withoutFlight?: string; field: string },
  fail: Fail<'campaign.budget_invalid'>,
): Promise<void> {
  const others = await tx
    .select({
      priceModel: lineItemTable.priceModel,
      cpmMicros: lineItemTable.cpmMicros,
      budgetMicros: flightTable.budgetMicros,
      impressionGoal: flightTable.impressionGoal,
    })
    .from(flightTable)
    .innerJoin(lineItemTable, eq(lineItemTable.id, flightTable.lineItemId))
    .where(
      and(
        eq(lineItemTable.campaignId, campaign.id),
        change.withoutFlight ? ne(flightTable.id, change.withoutFlight) : undefined,
      ),
    );
  const planned = others.reduce((sum, flight) => sum + (plannedMicros(flight) ?? 0), change.planned);
  const refusal = budgetRefusal(planned, campaign.budgetMicros, change.field);
  if (refusal) fail('campaign.budget_invalid', refusal.detail, { fields: refusal.fields });
}

/** The row with its campaign, locked against changes at the same time; null when the account has none of this id. */
export async function lineItemWithCampaign(tx: Tx, lineItemId: string) {
  const [row] = await tx
    .select({ item: lineItemTable, campaign: campaignTable })
    .from(lineItemTable)
    .innerJoin(campaignTable, eq(campaignTable.id, lineItemTable.campaignId))
    .where(eq(lineItemTable.id, lineItemId))
    .for('update');
  return row ?? null;
}

export async function flightRowsOf(tx: Tx, lineItemIds: readonly string[]) {
  return tx
    .select()
    .from(flightTable)
    .where(inArray(flightTable.lineItemId, [...lineItemIds]));
}

export const noLineItem = (id: string) => `lineItemId: no line item ${id} in this account.`;
