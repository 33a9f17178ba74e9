import type { InputOf, LineItem, updateLineItem } from '@cuepoint/contract';
import { readValues } from '../../delivery-words.ts';
import { parseMoney } from '../../design/format/money.ts';
import { amountText, type DraftProblem, draftReader } from '../../draft.ts';
import { type CapDraft, readCaps } from './caps-editor.tsx';
import { type DaypartDraft, daypartDraft, readDayparts } from './dayparts-editor.tsx';
import { readCpm } from './list-table.tsx';

export type LineItemInput = Omit<InputOf<typeof updateLineItem>, 'lineItemId'>;

/** A line item as it is edited: texts of fields, money in units. */
export interface LineItemDraft
  extends Pick<LineItem, 'name' | 'type' | 'priceModel' | 'pacing' | 'podPosition' | 'rotation'> {
  priority: string;
  cpm: string;
  fee: string;
  /** Empty: all that it can get. */
  share: string;
  caps: CapDraft[];
  dayparts: DaypartDraft[];
  scope: LineItem['separation']['scope'];
  labels: string;
}

export function lineItemDraft(lineItem: LineItem): LineItemDraft {
  const { name, type, priceModel, pacing, podPosition, rotation, currency } = lineItem;
  return {
    name,
    type,
    priceModel,
    pacing,
    podPosition,
    rotation,
    priority: String(lineItem.priority),
    cpm: amountText(lineItem.cpmMicros, currency),
    fee: lineItem.flatMicros === null ? '' : amountText(lineItem.flatMicros, currency),
    share: lineItem.sharePercent === null ? '' : String(lineItem.sharePercent),
    caps: lineItem.frequencyCaps.map((cap) => ({
      ...cap,
      limit: String(cap.limit),
      count: String(cap.count),
    })),
    dayparts: lineItem.dayparts.map(daypartDraft),
    scope: lineItem.separation.scope,
    labels: lineItem.separation.labels.join(', '),
  };
}

/** What a draft means, and what in it does not fit. A fee or share that its price or type does not take is dropped. */
export function readLineItem(draft: LineItemDraft): { input: LineItemInput; problems: DraftProblem[] } {
  const { problems, refuse, whole } = draftReader();
  if (draft.name.trim() === '') refuse('name', draft.name, '1 to 160 characters');
  const badCpm = readCpm(draft.cpm);
  if (badCpm) problems.push({ field: 'cpm', message: badCpm });
  const frequencyCaps = readCaps(draft.caps);
  if (!frequencyCaps)
    problems.push({ field: 'caps', message: 'A cap is 1 to 10,000 exposures in 1 to 366 units.' });
  const dayparts = readDayparts(draft.dayparts);
  if (!dayparts)
    problems.push({
      field: 'dayparts',
      message:
        'Choose a day or more, from 00:00 to 23:59 until 24:00 at the latest; an earlier end is on the next day.',
    });
  const labels = readValues(draft.labels);
  const badLabel = labels.find((label) => !/^[a-z0-9][a-z0-9_-]{0,39}$/.test(label));
  if (badLabel) refuse('labels', badLabel, 'small letters, digits, - and _');
  const fee = (): number | null => {
    if (draft.priceModel !== 'flat') return null;
    // A house line item owes nobody a fee.
    if (draft.type === 'house' && draft.fee.trim() === '') return null;
    const micros = parseMoney(draft.fee);
    if (!micros) refuse('fee', draft.fee, 'an amount above 0');
    return micros;
  };
  const input: LineItemInput = {
    name: draft.name.trim(),
    type: draft.type,
    priority: whole('priority', draft.priority, 1, 16),
    priceModel: draft.priceModel,
    cpmMicros: parseMoney(draft.cpm) ?? 0,
    flatMicros: fee(),
    sharePercent:
      draft.type === 'sponsorship' && draft.share.trim() !== '' ? whole('share', draft.share, 1, 100) : null,
    pacing: draft.pacing,
    podPosition: draft.podPosition,
    rotation: draft.rotation,
    frequencyCaps: frequencyCaps ?? [],
    dayparts: dayparts ?? [],
    separation: { scope: draft.scope, labels },
  };
  return { input, problems };
}
