import {
  type AnyOperation,
  type Explanation,
  type Focus,
  getCampaign,
  getCreative,
  getPlacement,
  operations,
  previewDecision,
  type SmallestEdit,
} from '@cuepoint/contract';
import { call } from '../../api.ts';

export interface PlannedEdit {
  edit: SmallestEdit;
  operation: AnyOperation;
  input: Record<string, unknown>;
  /** Id of the object that changes, and the version that was seen; null when the operation asks for none. */
  target: string;
  version: number | null;
}

/**
 * Reads what each edit would change, so that what is confirmed is what was seen.
 * @throws ApiError; Error naming an operation that this console does not know
 */
export async function planEdits(focus: Focus): Promise<PlannedEdit[]> {
  const plan: PlannedEdit[] = [];
  for (const edit of focus.edits) {
    if (!edit.operation) throw new Error(`“${edit.sentence}” is no operation`);
    const { id, input } = edit.operation;
    const operation = operations.find((known) => known.id === id);
    if (!operation) throw new Error(`The operation ${id} is newer than this page; load it again`);
    const field = /:([A-Za-z]+)/.exec(operation.rest?.path ?? '')?.[1] ?? '';
    const target = String(input[field] ?? '');
    const version =
      'versioned' in operation && operation.versioned ? await versionOf(field, target, focus) : null;
    plan.push({ edit, operation, input, target, version });
  }
  return plan;
}

async function versionOf(field: string, target: string, focus: Focus): Promise<number> {
  if (field === 'creativeId') return (await call(getCreative, { creativeId: target })).version;
  if (field === 'placementId') return (await call(getPlacement, { placementId: target })).version;
  const campaign = await call(getCampaign, { campaignId: focus.campaignId });
  const found = [
    campaign,
    ...campaign.lineItems,
    ...campaign.lineItems.flatMap((lineItem) => lineItem.flights),
  ].find((one) => one.id === target);
  if (!found) throw new Error(`${target} is no longer part of ${campaign.name}`);
  return found.version;
}

/**
 * Makes the edits one after the other; the first that is refused ends it. `onDone` is told how many were made.
 * @throws ApiError
 */
export async function applyEdits(
  plan: readonly PlannedEdit[],
  onDone: (made: number) => void,
): Promise<void> {
  const versions = new Map(plan.map((planned) => [planned.target, planned.version]));
  for (const [at, planned] of plan.entries()) {
    const version = versions.get(planned.target) ?? null;
    const output: unknown = await call(
      planned.operation,
      planned.input,
      version === null ? {} : { ifMatch: version },
    );
    // The next edit of the same object builds on this one.
    if (isVersioned(output) && output.id === planned.target) versions.set(planned.target, output.version);
    onDone(at + 1);
  }
}

const tries = 8;
const pauseMs = 700;

/**
 * Decides the same request again at this moment. A change reaches the delivery node within seconds, so an answer that
 * does not serve yet is asked again a few times.
 */
export async function askAgain(request: Explanation['request'], lineItemId: string): Promise<Explanation> {
  for (let at = 1; ; at++) {
    const answer = await call(previewDecision, { ...questionOf(request), lineItemId });
    if (answer.focus?.served || at === tries) return answer;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** The request as a preview asks it. Where it was asked is a fact of the placement, not of the viewer. */
export function questionOf(request: Explanation['request']) {
  const { placement: _p, publisher: _u, position: _o, ...facts } = request.facts;
  return {
    placement: request.placementId,
    facts,
    durationSeconds: request.maxDurationMs / 1000,
    ...(request.isPod ? { maxAds: request.maxAds } : {}),
  };
}

function isVersioned(output: unknown): output is { id: string; version: number } {
  return (
    typeof output === 'object' &&
    output !== null &&
    'id' in output &&
    'version' in output &&
    typeof output.version === 'number'
  );
}
