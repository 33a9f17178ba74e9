import type {
  CountersNow,
  DebugToken,
  ExcludedLineItem,
  Explanation,
  Focus,
  ShownAd,
} from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { formatMicros } from '../output/render.ts';
import { indent, table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

/** Characters of the time line. */
const lineWidth = 60;
/** Longest text of a cell, unless everything was asked for; a value that is edited may have twice that. */
const widestCell = 48;

type View = Pick<Terminal, 'plain'>;

/** What was asked and served, the funnel, the break as it plays, who stayed out and why, and the line item named. */
export function explanationView(answer: Explanation, terminal: View): string {
  const { pod, excluded, focus } = answer;
  return [
    pairs(headOf(answer)),
    funnelTable(answer.funnel),
    ...(pod.ads.length > 0 ? [breakView(answer, terminal)] : []),
    ...(excluded.length > 0 ? [leftOutView(answer, terminal)] : []),
    ...(focus ? [focusView(focus, terminal)] : []),
  ].join('\n\n');
}

function headOf({ decisionId, requestId, at, replay, request, pod, reason }: Explanation) {
  const asked = request.isPod
    ? `a break of ${seconds(pod.durationMs || request.maxDurationMs)}, at most ${request.maxAds} ads`
    : `one ad of at most ${seconds(request.maxDurationMs)}`;
  const facts = Object.entries(request.facts).map(
    ([dimension, values]) => `${dimension} ${values.join(', ')}`,
  );
  const floor =
    request.floorCpmMicros > 0
      ? { floor: `${request.floorCurrency} ${formatMicros(request.floorCpmMicros)} CPM` }
      : {};
  return {
    decision: decisionId === null ? 'a preview' : `${decisionId}${requestId ? `, request ${requestId}` : ''}`,
    at,
    replay: `${replay.state}. ${replay.detail}`,
    placement: request.placementName,
    asked,
    ...floor,
    facts: facts.join('; ') || 'none',
    ...(request.withheld.length > 0 ? { withheld: request.withheld.join('; ') } : {}),
    served: reason === null ? `${pod.ads.length} ${plural(pod.ads.length, 'ad')}` : `no ad: ${reason}`,
  };
}

/** The token, and the call that shows what it is for. */
export function debugTokenView({ token, header, expiresAt, tagUrl }: DebugToken): string {
  return [
    pairs({ token, 'valid until': expiresAt }),
    `Ask a tag of the account with it; X-Cuepoint-Decision and X-Cuepoint-Reason of the answer say what was decided:\n  curl -s -o /dev/null -D - -H '${header}: ${token}' '${tagUrl}'`,
    'Then: cuepoint why <X-Cuepoint-Decision>',
  ].join('\n\n');
}

/** How many candidates each step left, and what it took away. */
function funnelTable(funnel: Explanation['funnel']): string {
  const rows = funnel.map(({ step, count, lost }) => [
    step.replaceAll('_', ' '),
    String(count),
    lost.map((one) => `${one.reason} ${one.count}`).join(', '),
  ]);
  return table([['Step', 'Left', 'Lost to'], ...rows], [1]);
}

/** Ads with offset, length and price; before them the break as one line when there are several. */
function breakView({ request, pod }: Explanation, terminal: View): string {
  const total = pod.ads.reduce((sum, ad) => sum + ad.priceMicros, 0);
  const currencies = new Set(pod.ads.map(({ currency }) => currency));
  const row = (ad: ShownAd, place: string, from: string) => [
    place,
    from,
    seconds(ad.durationMs),
    cut(ad.lineItemName, terminal),
    cut(ad.creativeName, terminal),
    ad.adDomain,
    `${ad.currency} ${formatMicros(ad.priceMicros)}`,
  ];
  const rows = [
    ...pod.ads.map((ad) => row(ad, String(ad.position), clock(ad.startMs))),
    ...pod.backups.map((ad) => row(ad, 'back-up', '')),
  ];
  const head = ['Ad', 'From', 'Length', 'Line item', 'Creative', 'Advertiser', 'Price'];
  return [
    ...(request.isPod ? [timeLine(pod.ads, pod.durationMs), ''] : []),
    table([head, ...rows], [1, 2, 6]),
    ...(request.isPod
      ? [
          '',
          `${seconds(pod.filledMs)} of ${seconds(pod.durationMs)} filled${currencies.size === 1 ? ` for ${[...currencies].join('')} ${formatMicros(total)}` : ''}; ${proof(pod.gap)}`,
        ]
      : []),
  ].join('\n');
}

function proof(gap: number): string {
  return gap === 0
    ? 'no fill is worth more'
    : `a better fill is worth at most ${(gap * 100).toFixed(2)} % more`;
}

/** The break as one line: each ad under its number, what stayed unsold as dots. */
function timeLine(ads: readonly ShownAd[], durationMs: number): string {
  const column = (ms: number) => Math.round((ms / durationMs) * lineWidth);
  let drawn = '';
  for (const ad of ads) {
    const width = Math.max(1, column(ad.startMs + ad.durationMs) - column(ad.startMs));
    drawn += `|${String(ad.position)
      .padEnd(width - 1, '=')
      .slice(0, width - 1)}`;
  }
  return `${clock(0)} ${drawn.padEnd(lineWidth, '.')}| ${clock(durationMs)}`;
}

/** Line items that stayed out, by their first reason: how many, and the one that came nearest with what it lacked. */
function leftOutView({ excluded, excludedTotal }: Explanation, terminal: View): string {
  const groups = new Map<string, ExcludedLineItem[]>();
  for (const one of excluded) {
    const group = groups.get(one.reason);
    if (group) group.push(one);
    else groups.set(one.reason, [one]);
  }
  const byCount = [...groups].sort(([, left], [, right]) => right.length - left.length);
  const rows = byCount.map(([reason, [nearest, ...others]]) => {
    const lacked = nearest!.reasons.find((one) => one.reason === reason);
    return [
      reason,
      String(others.length + 1),
      cut(nearest!.lineItemName, terminal),
      cut(lacked?.required ?? '', terminal),
      cut(lacked?.actual ?? '', terminal),
    ];
  });
  const unnamed = excludedTotal - excluded.length;
  return [
    `Left out: ${excludedTotal} line ${plural(excludedTotal, 'item')}, by their first reason${unnamed > 0 ? `, ${unnamed} of them not listed` : ''}`,
    table([['Reason', 'Count', 'Such as', 'Required', 'Actual'], ...rows], [1]),
  ].join('\n');
}

/** Every reason of one line item, and the smallest edit that would have made it serve. */
function focusView(focus: Focus, terminal: View): string {
  const title = `${focus.lineItemName} (${focus.lineItemId})`;
  if (focus.served) return `${title} served: all ${focus.rulesAsked} rules held`;
  const reasons = focus.reasons.map(({ reason, required, actual }) => [
    reason,
    cut(required, terminal),
    cut(actual, terminal),
  ]);
  return [
    `${title} did not serve: ${focus.rulesHeld} of ${focus.rulesAsked} rules held`,
    indent(table([['Reason', 'Required', 'Actual'], ...reasons])),
    '',
    ...(focus.noEdit === null ? editLines(focus, terminal) : [`No edit: ${focus.noEdit}`]),
    ...unreadLines(focus),
  ].join('\n');
}

/** What neither reasons nor edits know, and how it stands now. */
function unreadLines({ unread, countersNow }: Focus): string[] {
  if (unread.length === 0) return [];
  return [
    '',
    `Not read at this decision and taken as without limit: ${counters(unread)}.`,
    ...(countersNow === null ? [] : [nowLine(countersNow)]),
  ];
}

function nowLine({ at, impressionsLeft, passRate, exposuresLeft }: CountersNow): string {
  return [
    `As of now, ${at}: ${impressionsLeft === null ? 'no limit of impressions' : `${impressionsLeft} impressions left`}`,
    `pass rate ${(passRate * 100).toFixed(1)} %`,
    ...(exposuresLeft === null ? [] : [`${exposuresLeft} exposures left for this viewer`]),
  ].join(', ');
}

function counters(unread: Focus['unread']): string {
  const names = unread.map((name) => name.replaceAll('_', ' '));
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

function editLines({ edits, editsVerified, unread }: Focus, terminal: View): string[] {
  const provided = unread.length === 0 ? '' : `, provided that ${counters(unread)} allowed it`;
  const head = editsVerified ? `with it the line item serves, as tried${provided}` : 'not verified';
  return [
    `Smallest edit, ${head}:`,
    ...edits.flatMap(({ field, sentence, from, to, operation }) => [
      `  ${sentence}`,
      `    ${field}: ${value(from, terminal)} -> ${value(to, terminal)}${operation ? ` by ${operation.id}` : ''}`,
    ]),
  ];
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

/** "1:30", with milliseconds where there are some. */
function clock(ms: number): string {
  const whole = Math.floor(ms / 1000);
  const rest = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}${rest}`;
}

function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}

function value(of: unknown, terminal: View): string {
  return cut(JSON.stringify(of) ?? 'nothing', terminal, 2 * widestCell);
}

function cut(text: string, { plain }: View, widest = widestCell): string {
  return plain || text.length <= widest ? text : `${text.slice(0, widest - 1)}…`;
}
