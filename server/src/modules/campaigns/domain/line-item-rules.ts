import type { LineItem } from '@cuepoint/contract';
import { DEFAULT_PRIORITY, targetingProblems } from '@cuepoint/decisioning';

export interface FieldProblem {
  field: string;
  message: string;
  value?: unknown;
  accepted?: string;
}

/** The settings of a line item that must fit together. */
export type LineItemSettings = Pick<
  LineItem,
  'type' | 'priceModel' | 'flatMicros' | 'sharePercent' | 'dayparts' | 'frequencyCaps' | 'separation'
>;

/** Where a line item stands: as asked, or by its type when nobody asked. */
export function priorityOf(type: LineItem['type'], asked: number | undefined): number {
  return asked ?? DEFAULT_PRIORITY[type];
}

/** What does not fit together in the settings of a line item; empty when all does. */
export function settingsProblems(settings: LineItemSettings): FieldProblem[] {
  return [
    ...priceProblems(settings),
    ...settings.dayparts.flatMap(daypartProblems),
    ...capProblems(settings.frequencyCaps),
    ...repeated(settings.separation.labels, 'separation.labels'),
  ];
}

function priceProblems({ type, priceModel, flatMicros, sharePercent }: LineItemSettings): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (priceModel === 'flat' && flatMicros === null && type !== 'house')
    problems.push({
      field: 'flatMicros',
      message: 'a flat price needs its fee',
      value: null,
      accepted: 'micros above 0, or priceModel cpm',
    });
  if (priceModel === 'cpm' && flatMicros !== null)
    problems.push({
      field: 'flatMicros',
      message: 'a fee goes with a flat price only',
      value: flatMicros,
      accepted: 'null, or priceModel flat',
    });
  if (sharePercent !== null && type !== 'sponsorship')
    problems.push({
      field: 'sharePercent',
      message: `a line item of type ${type} takes no share`,
      value: sharePercent,
      accepted: 'null, or type sponsorship',
    });
  return problems;
}

function daypartProblems(part: LineItem['dayparts'][number], index: number): FieldProblem[] {
  const at = `dayparts[${index}]`;
  const problems = repeated(part.days.map(String), `${at}.days`);
  if (part.fromMinute === part.toMinute)
    problems.push({
      field: `${at}.toMinute`,
      message: 'the window begins where it ends',
      value: part.toMinute,
      accepted: 'another minute; 0 to 1440 is the whole day',
    });
  return problems;
}

function capProblems(caps: LineItem['frequencyCaps']): FieldProblem[] {
  const seen = new Set<string>();
  return caps.flatMap((cap, index) => {
    const problems: FieldProblem[] = [];
    if (cap.unit === 'lifetime' && cap.count !== 1)
      problems.push({
        field: `frequencyCaps[${index}].count`,
        message: 'a lifetime is one',
        value: cap.count,
        accepted: '1',
      });
    const key = `${cap.scope} ${cap.count} ${cap.unit}`;
    if (seen.has(key))
      problems.push({
        field: `frequencyCaps[${index}]`,
        message: `there is a cap of ${cap.scope} for ${cap.count} ${cap.unit} already`,
        accepted: 'one limit for each scope and time',
      });
    seen.add(key);
    return problems;
  });
}

function repeated(values: readonly string[], field: string): FieldProblem[] {
  const index = values.findIndex((value, at) => values.indexOf(value) !== at);
  return index < 0
    ? []
    : [
        {
          field: `${field}[${index}]`,
          message: 'is there twice',
          value: values[index],
          accepted: 'each once',
        },
      ];
}

/** What is wrong with a tree of targeting, each with its path below `targeting`. */
export function treeProblems(tree: unknown): FieldProblem[] {
  return targetingProblems(tree).map(({ path, message, accepted }) => ({
    field: path === '' ? 'targeting' : `targeting.${path}`,
    message,
    accepted,
  }));
}
