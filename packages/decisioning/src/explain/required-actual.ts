import { fitsDuration, floorFor, isBrandBlocked } from '../decide/creative-fit.ts';
import type { Decision } from '../decide/decide.ts';
import { currentFlight } from '../index/block.ts';
import type { DecisionIndex, IndexedLineItem } from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import type { Reason } from '../reasons.ts';
import type { TargetingPredicate } from '../targeting/tree.ts';
import { streamReason } from './explain.ts';
import type { KnownReadings } from './known-readings.ts';
import { podLengths } from './pod-lengths.ts';
import { factOf, failedPredicates, reasonOf } from './rules.ts';

/** What a rule asks for, and what it met. */
export interface RequiredActual {
  readonly reason: Reason;
  readonly required: string;
  readonly actual: string;
}

const SHOWN_VALUES = 6;

/** Puts a reason into words that can be checked: what was required, and what the request or the counters were. */
export function requiredAndActual(
  reason: Reason,
  item: IndexedLineItem,
  index: DecisionIndex,
  request: AdRequest,
  readings: KnownReadings,
  decision: Decision,
): RequiredActual {
  const placement = index.placements.get(request.placementId)!;
  const say = (required: string, actual: string): RequiredActual => ({ reason, required, actual });
  const at = new Date(request.atMs).toISOString();
  const reading = readings.reading(item.id);
  const { creatives } = creativeWords(item);
  const where = streamReason(item, request, placement) === reason ? 'in the stream' : 'in the break';
  switch (reason) {
    case 'paused':
      return say('status active', 'status paused');
    case 'not_started': {
      if (item.source.status === 'draft') return say('status active', 'status draft');
      const next = item.flights.find((flight) => flight.startMs > request.atMs);
      return say(next ? `at or after ${next.source.startAt}` : 'a flight', next ? at : 'no flight');
    }
    case 'ended': {
      if (item.source.status === 'completed') return say('status active', 'status completed');
      return say(`before ${item.flights.at(-1)?.source.endAt ?? 'the end of a flight'}`, at);
    }
    case 'geo':
    case 'device':
    case 'placement':
    case 'content_rating':
    case 'key_value':
    case 'audience':
    case 'consent': {
      const failed = failedPredicates(item.source.targeting, request).filter(
        (predicate) => reasonOf(predicate, request) === reason,
      );
      return say(
        failed.map(predicateWords).join(' and '),
        failed.map((predicate) => factWords(predicate, request)).join(', '),
      );
    }
    case 'daypart': {
      const zone = (currentFlight(item, request.atMs) ?? item.flights[0])?.source.timeZone ?? 'UTC';
      return say(
        item.source.dayparts.map(daypartWords).join(', '),
        `${localWords(request.atMs, zone)} ${zone}`,
      );
    }
    case 'freq_cap':
      if (request.identity === null)
        return say('a viewer that can be told apart', 'no identity that may be used');
      if (item.caps.length === 0)
        return say('room in the caps of its campaign and brand', 'a line item that they cap is placed');
      return say(
        item.source.frequencyCaps
          .map(
            (cap) =>
              `${cap.limit} per ${cap.count === 1 ? cap.unit : `${cap.count} ${cap.unit}s`} and ${cap.scope}`,
          )
          .join(', '),
        `${Math.max(0, reading.room)} left for this viewer`,
      );
    case 'no_approved_creative':
      return say('1 approved creative', '0 approved');
    case 'creative_gap':
      return say('a creative that may run now', `${creatives}, none at ${at}`);
    case 'duration_fit': {
      const lengths = item.assignments.map(({ creative }) => creative.durationMs);
      const { pod } = request;
      if (pod && lengths.some((ms) => fitsDuration(ms, request, placement)))
        return say(shown(podLengths(pod), 'a place in the break'), lengths.map(seconds).join(', '));
      const exact = [...placement.exactDurationsMs].map(seconds).join(', ');
      return say(
        exact === '' ? `${seconds(request.minDurationMs)} to ${seconds(request.maxDurationMs)}` : exact,
        lengths.map(seconds).join(', '),
      );
    }
    case 'codec_fit':
      return say(
        [...placement.source.mimes, ...placement.source.codecs, ...(request.mimes ?? [])].join(', '),
        files(item, (file) => `${file.mime} ${file.codec}`),
      );
    case 'bitrate_fit':
      return say(
        `${placement.source.minBitrateKbps} to ${placement.source.maxBitrateKbps} kbps`,
        files(item, (file) => `${file.bitrateKbps} kbps`),
      );
    case 'not_cleared_for_destination':
      if (placement.source.clearance === null)
        return say(
          'no blocked media file',
          shown(
            item.assignments.map(({ creative }) => creative.source.fingerprint),
            'a blocked file',
          ),
        );
      return say(
        `cleared for ${placement.source.clearance}`,
        shown(
          [...new Set(item.assignments.flatMap(({ creative }) => creative.source.clearedFor))],
          'cleared for nothing',
        ),
      );
    case 'no_budget':
      return say('budget for 1 impression', '0 left in the flight or line item');
    case 'daily_cap':
      return say('budget for 1 impression today', '0 left today');
    case 'pacing_ahead':
      return say(
        item.share > 0 ? `its share of ${item.source.sharePercent} %` : 'its turn by pacing',
        item.share > 0
          ? 'another share had this request'
          : `let in ${(reading.passRate * 100).toFixed(1)} % of requests`,
      );
    case 'competitive_separation':
      return say(
        `no competitor ${where}`,
        shown([...item.source.separation.labels, ...categoriesOf(item)], 'a competitor is placed'),
      );
    case 'advertiser_dedupe':
      return say(
        `at most ${request.pod?.maxAdsPerAdvertiser ?? 1} of an advertiser ${where}`,
        shown(
          item.assignments.map(({ creative }) => creative.adDomain),
          'is placed',
        ),
      );
    case 'creative_dedupe':
      return say(`no spot twice ${where}`, 'the same spot is placed');
    case 'pod_full':
      return say(`a place among ${request.pod?.maxAds ?? 1}`, `${decision.ads.length} placed`);
    case 'pod_duration': {
      const left = (decision.fill?.durationMs ?? 0) - (decision.fill?.filledMs ?? 0);
      return say(
        request.pod?.isExact ? `lengths that make up exactly ${seconds(left)}` : `${seconds(left)} or less`,
        creatives,
      );
    }
    case 'blocked_category':
      return say('no blocked category', shown(categoriesOf(item), 'no category that is allowed'));
    case 'blocked_domain':
      return isBrandBlocked(item, request, placement)
        ? say('no blocked brand', item.brandId)
        : say(
            'no blocked advertiser',
            shown(
              item.assignments.map(({ creative }) => creative.adDomain),
              '',
            ),
          );
    case 'below_floor': {
      const lengths = item.assignments.map(({ creative }) =>
        floorFor(creative.durationMs, request, placement),
      );
      return say(
        `${money(Math.min(...lengths))} ${placement.source.floorCurrency} CPM`,
        `${money(item.rankMicros)} ${item.currency} CPM`,
      );
    }
    case 'lower_priority':
    case 'lost_rank': {
      const best = decision.ads[decision.ads.length - 1]?.lineItem;
      return say(
        best ? `above priority ${best.priority}, ${money(best.rankMicros)} CPM` : 'a better rank',
        `priority ${item.priority}, ${money(item.rankMicros)} CPM`,
      );
    }
    default:
      return say('', '');
  }
}

function predicateWords({ dimension, operator, values }: TargetingPredicate): string {
  return `${dimension} ${operator === 'any_of' ? 'in' : 'not in'} {${shown(values, '')}}`;
}

function factWords({ dimension }: TargetingPredicate, request: AdRequest): string {
  const fact = factOf(request, dimension);
  if (request.withheld?.includes(dimension)) return `${dimension} withheld by privacy`;
  if (fact === null) return `${dimension} unknown`;
  return `${dimension} ${typeof fact === 'string' ? fact : shown(fact, 'none')}`;
}

function creativeWords(item: IndexedLineItem): { creatives: string } {
  return { creatives: item.assignments.map(({ creative }) => seconds(creative.durationMs)).join(', ') };
}

function categoriesOf(item: IndexedLineItem): string[] {
  return [...new Set(item.assignments.flatMap(({ creative }) => creative.categories))];
}

function files(
  item: IndexedLineItem,
  say: (file: { mime: string; codec: string; bitrateKbps: number }) => string,
): string {
  return shown(
    [...new Set(item.assignments.flatMap(({ creative }) => creative.source.mediaFiles.map(say)))],
    'no file',
  );
}

function shown(values: readonly string[], none: string): string {
  if (values.length === 0) return none;
  const rest = values.length - SHOWN_VALUES;
  return `${values.slice(0, SHOWN_VALUES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}

function money(micros: number): string {
  return (micros / 1_000_000).toFixed(2);
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function daypartWords({
  days,
  fromMinute,
  toMinute,
}: {
  days: readonly number[];
  fromMinute: number;
  toMinute: number;
}): string {
  return `${days.map((day) => DAYS[day - 1]).join(' ')} ${clock(fromMinute)} to ${clock(toMinute)}`;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function localWords(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(atMs));
}
