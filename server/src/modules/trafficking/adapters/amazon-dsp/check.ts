import type { Ticket, TicketProblem } from '../../ports.ts';
import { amazonDspInfo } from './info.ts';
import type { AmazonDspParams } from './params.ts';
import { isExact, knownLanguages, localeOf, openFlights } from './translate.ts';

const countries = new Set(
  'AE AT AU BE BH BR CA CH DE DK EG ES FI FR GB IE IL IN IT JO JP KW LU MA MX NL NO NZ OM QA SA SE SG TR US'.split(
    ' ',
  ),
);

/** What Amazon DSP could never take, named before anything is sent. */
export function checkTicket(ticket: Ticket, params: AmazonDspParams, now: Date): TicketProblem[] {
  const problems: TicketProblem[] = [];
  const add = (field: string, message: string, value: unknown, accepted: string) =>
    problems.push({ field, message, value, accepted });
  if (ticket.currency !== params.currency) {
    add('currency', 'the advertiser account is billed in another currency', ticket.currency, params.currency);
  }
  if (ticket.countryCode !== null && !countries.has(ticket.countryCode)) {
    add('countryCode', 'Amazon DSP does not serve there', ticket.countryCode, [...countries].join(', '));
  }
  if (localeOf(ticket.language) === undefined) {
    add('language', 'no locale of Amazon DSP', ticket.language, knownLanguages.join(', '));
  }
  const open = openFlights(ticket, now);
  if (open.length === 0)
    add(
      'flights',
      'no flight is left to run',
      ticket.flights.length,
      `a flight that ends after ${now.toISOString()}`,
    );
  if (open.length > amazonDspInfo.limits.flightsPerCampaign!) {
    add('flights', 'too many flights', open.length, `at most ${amazonDspInfo.limits.flightsPerCampaign}`);
  }
  for (const [index, flight] of ticket.flights.entries()) {
    if (flight.budgetMicros < 10_000 || !isExact(flight.budgetMicros)) {
      add(
        `flights.${index}.budgetMicros`,
        'not an amount that a decimal number carries exactly',
        flight.budgetMicros,
        'from 0.01 to about 4,000,000,000 units',
      );
    }
  }
  if (ticket.cpmMicros < 10_000)
    add('cpmMicros', 'below the least bid', ticket.cpmMicros, 'at least 10000 (0.01)');
  const trackers = amazonDspInfo.limits.impressionTrackersPerAd!;
  if (ticket.impressionTrackingUrls.length > trackers) {
    add(
      'impressionTrackingUrls',
      'too many trackers',
      ticket.impressionTrackingUrls.length,
      `at most ${trackers}`,
    );
  }
  if (!isReachable(ticket.vastUrl) && !params.allowLocalTags) {
    add('vastUrl', 'the platform cannot fetch this tag', ticket.vastUrl, 'a public https address');
  }
  return problems;
}

function isReachable(tag: string): boolean {
  if (!URL.canParse(tag)) return false;
  const { protocol, hostname } = new URL(tag);
  return (
    protocol === 'https:' && hostname !== 'localhost' && !hostname.startsWith('127.') && hostname !== '[::1]'
  );
}
