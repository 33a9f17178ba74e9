import type { InvalidTraffic, TrackingEvent } from '../../../kernel/delivery-protocol.ts';
import { newDecisionId } from '../decision-id.ts';
import type { PlayerRequest } from '../listener/exchange.ts';
import type { TokenClaims } from '../tokens.ts';
import { ViewerReader } from '../viewer/index.ts';
import { NO_VIEWER } from '../viewer-claim.ts';
import { AddressRanges } from './address-ranges.ts';
import { TrafficFilter } from './traffic-filter.ts';

export const TELEVISIONS = [
  'Roku/DVP-12.0 (12.0.0.4182-46)',
  'Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/6.0 TV Safari/537.36',
  'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager',
  'Dalvik/2.1.0 (Linux; U; Android 9; AFTMM Build/PS7233)',
  'AppleCoreMedia/1.0.0.20J373 (Apple TV; U; CPU OS 16_0 like Mac OS X; en_us)',
  'Mozilla/5.0 (PlayStation; PlayStation 5/4.03) AppleWebKit/605.1.15 (KHTML, like Gecko)',
];
const OTHERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'okhttp/4.12.0',
  'ChannelApp/3.2 CFNetwork/1494 Darwin/23.4.0',
];
const ROBOTS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36',
  'python-requests/2.31.0',
  'curl/8.5.0',
  'Go-http-client/2.0',
  'Lavf/58.76.100',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  '',
];

/** What an event of the trace truly is. */
export type Actor =
  | 'viewers at home'
  | 'a bar with forty screens'
  | 'viewers through a hosted tunnel'
  | 'prefetching players'
  | 'robots by name'
  | 'robots that call themselves televisions'
  | 'a farm in a listed range'
  | 'a farm elsewhere that skips through'
  | 'scripts that report completes alone'
  | 'one device in a loop';

export interface TraceEvent {
  readonly actor: Actor;
  readonly isViewer: boolean;
  readonly atMs: number;
  readonly request: PlayerRequest;
  readonly claims: TokenClaims;
  readonly event: TrackingEvent;
}

const HOSTING = '198.18.0.0/15';
const LENGTH_MS = 15_000;
const QUARTILES: readonly (readonly [TrackingEvent, number])[] = [
  ['start', 0],
  ['firstQuartile', 0.25],
  ['midpoint', 0.5],
  ['thirdQuartile', 0.75],
  ['complete', 1],
];

/** An hour of events with what each is, in the order in which they come; the same for the same seed. */
export function trafficTrace(seed: number): TraceEvent[] {
  let state = seed >>> 0;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!;
  const events: TraceEvent[] = [];
  const beginMs = Date.parse('2026-11-30T19:00:00.000Z');
  let ids = 0;

  const play = (
    actor: Actor,
    isViewer: boolean,
    who: { agent: string; address: string; headers?: Record<string, string> },
    plan: { atMs?: number; speed?: number; events?: readonly string[]; waitMs?: number } = {},
  ) => {
    const decidedMs = plan.atMs ?? beginMs + draw(3_600_000);
    const random = Buffer.alloc(10);
    random.writeUInt32BE(++ids);
    const decisionId = newDecisionId(Math.floor(decidedMs / 1000), random);
    const claims: TokenClaims = {
      accountId: 'acc_1',
      decisionId,
      position: 1,
      creativeId: 'crv_1',
      lineItemId: 'li_1',
      viewer: NO_VIEWER,
      expiresSeconds: 0,
    };
    const request = {
      headers: { ...(who.agent === '' ? {} : { 'user-agent': who.agent }), ...who.headers },
      socket: { remoteAddress: who.address },
    } as unknown as PlayerRequest;
    const startMs = decidedMs + (plan.waitMs ?? 200 + draw(3000));
    const add = (event: TrackingEvent, atMs: number) => {
      if (plan.events === undefined || plan.events.includes(event))
        events.push({ actor, isViewer, atMs, request, claims, event });
    };
    add('impression', startMs);
    for (const [event, share] of QUARTILES) add(event, startMs + (share * LENGTH_MS) / (plan.speed ?? 1));
    if (draw(50) === 0) add('click', startMs + 8000);
  };
  const home = () => `203.${draw(100)}.${draw(250)}.${1 + draw(250)}`;
  const times = (count: number, work: () => void) => {
    for (let n = 0; n < count; n++) work();
  };

  times(4000, () =>
    play('viewers at home', true, { agent: pick(draw(5) === 0 ? OTHERS : TELEVISIONS), address: home() }),
  );
  times(1200, () => play('a bar with forty screens', true, { agent: TELEVISIONS[0]!, address: '192.0.2.7' }));
  times(60, () =>
    play('viewers through a hosted tunnel', true, {
      agent: pick(TELEVISIONS),
      address: `198.18.4.${draw(250)}`,
    }),
  );
  times(300, () =>
    play(
      'prefetching players',
      false,
      { agent: pick(OTHERS), address: home(), headers: { 'sec-purpose': 'prefetch' } },
      { events: ['impression'] },
    ),
  );
  times(400, () => play('robots by name', false, { agent: pick(ROBOTS), address: home() }));
  times(150, () =>
    play('robots that call themselves televisions', false, { agent: pick(TELEVISIONS), address: home() }),
  );
  times(300, () =>
    play('a farm in a listed range', false, {
      agent: pick(TELEVISIONS),
      address: `198.19.${draw(250)}.${draw(250)}`,
    }),
  );
  times(200, () =>
    play(
      'a farm elsewhere that skips through',
      false,
      { agent: pick(TELEVISIONS), address: `192.88.99.${draw(250)}` },
      { speed: 40 },
    ),
  );
  times(200, () =>
    play(
      'scripts that report completes alone',
      false,
      { agent: pick(TELEVISIONS), address: home() },
      { events: ['complete'] },
    ),
  );
  times(900, () =>
    play(
      'one device in a loop',
      false,
      { agent: TELEVISIONS[1]!, address: '203.200.1.1' },
      { atMs: beginMs + draw(120_000), events: ['impression', 'start'] },
    ),
  );
  return events.sort((left, right) => left.atMs - right.atMs);
}

/** A filter with what an operator gives it for this trace. */
export function traceFilter(): (one: TraceEvent) => InvalidTraffic | null {
  const begun = new Set<string>();
  const hosting = AddressRanges.parse(HOSTING);
  const filter = new TrafficFilter({
    viewers: new ViewerReader([], undefined),
    hosting: () => hosting,
    durationMs: () => LENGTH_MS,
    hasBegun: ({ decisionId }) => begun.has(decisionId),
  });
  return ({ request, claims, event, atMs }) => {
    const source = event === 'click' ? 'click' : 'pixel';
    const reason = filter.reasonOf(request, claims, event, source, atMs);
    if (reason === null && (event === 'impression' || event === 'start')) begun.add(claims.decisionId);
    return reason;
  };
}
