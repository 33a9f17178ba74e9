import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { FieldProblem } from '../../../kernel/app-error.ts';
import { describeIssues } from '../../../kernel/input-problems.ts';
import { microsOf } from './decimal.ts';
import { dateIn, resolveDate } from './flight-dates.ts';

export const placements = ['streaming_tv', 'online_video', 'vertical', 'square'] as const;
export type PlacementKind = (typeof placements)[number];
export const tones = ['calm', 'warm', 'bold', 'playful'] as const;
export type Tone = (typeof tones)[number];
export type SpotSeconds = 15 | 30;

const maxBriefCharacters = 50_000;
const maxBudgetMicros = 9_000_000_000_000_000;

const code = z.string().regex(/^[A-Z0-9]{2,12}$/, 'expected 2 to 12 capital letters or digits');
const line = (max: number) => z.string().trim().min(1, 'expected some text').max(max);

function amount(minMicros: number, maxMicros: number, expected: string) {
  return z.union([z.number(), z.string()], { error: `expected ${expected}` }).transform((value, context) => {
    const micros = microsOf(value);
    if (micros === undefined || micros < minMicros || micros > maxMicros) {
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    }
    return micros;
  });
}

const flightDate = z
  .string()
  .refine(
    (text) => /^today(\s*\+\s*\d{1,3})?$/.test(text) || z.iso.date().safeParse(text).success,
    'expected a date such as 2026-11-23, or today, or today +27',
  );
const timeZone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, 'expected an IANA time zone such as America/New_York');

/** What a brief may say; docs/brief.md explains each field. */
const briefSchema = z.strictObject({
  account: z.string().min(1).max(120).optional(),
  brand: z.strictObject({
    name: line(60),
    code,
    domain: z
      .string()
      .max(253)
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'expected a domain such as fernwhistle.example'),
    colors: z
      .array(z.string().regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as #1e4d63'))
      .min(1, 'expected at least one colour such as #1e4d63')
      .max(6),
    categories: z.array(line(20)).max(10).default([]),
    familyFriendly: z.boolean().default(false),
  }),
  market: code,
  channel: code,
  campaign: z.strictObject({
    name: line(80),
    objective: z.enum(['awareness', 'consideration', 'conversion']).default('awareness'),
    description: z.string().max(2000).default(''),
  }),
  flight: z.strictObject({ start: flightDate, end: flightDate, timeZone }),
  budget: amount(
    1,
    maxBudgetMicros,
    'an amount above 0 in units of currency, with at most 6 decimals, such as 25000 or 25000.50',
  ),
  cpm: amount(
    1_000,
    10_000_000_000,
    'a price of 1,000 impressions from 0.001 to 10000 in units of currency, such as 24.10',
  ).refine((micros) => micros % 1_000 === 0, 'expected a price in steps of 0.001, such as 24.10'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected a three-letter ISO 4217 currency such as USD'),
  message: z.string().trim().min(3, 'expected at least 3 characters').max(3000),
  title: line(60).optional(),
  callToAction: line(40),
  landingUrl: z
    .url({
      protocol: /^https?$/,
      error: 'expected an http(s) address such as https://fernwhistle.example/ridge',
    })
    .max(2000),
  tone: z.enum(tones).default('warm'),
  durationSeconds: z.union([z.literal(15), z.literal(30)], { error: 'expected 15 or 30' }).default(15),
  placement: z.enum(placements).default('streaming_tv'),
});

/** A brief that was checked: money in micros of its currency, dates resolved in its time zone, title decided. */
export interface Brief {
  account: string | undefined;
  brand: {
    name: string;
    code: string;
    domain: string;
    colors: string[];
    categories: string[];
    familyFriendly: boolean;
  };
  market: string;
  channel: string;
  campaign: { name: string; objective: 'awareness' | 'consideration' | 'conversion'; description: string };
  /** Both days included. */
  flight: { startOn: string; endOn: string; timeZone: string };
  budgetMicros: number;
  cpmMicros: number;
  currency: string;
  message: string;
  title: string;
  callToAction: string;
  landingUrl: string;
  tone: Tone;
  durationSeconds: SpotSeconds;
  placement: PlacementKind;
}

export type BriefResult = { ok: true; brief: Brief } | { ok: false; problems: FieldProblem[] };

/**
 * Reads a brief from YAML or JSON text, or from an object. Nothing is guessed: every wrong field is named with its value
 * and what would be accepted.
 * @param now decides what `today` is in the flight's time zone, and whether the flight is over
 */
export function parseBrief(input: unknown, now: Date): BriefResult {
  const read = typeof input === 'string' ? readText(input) : { value: input };
  if ('problem' in read) return { ok: false, problems: [read.problem] };
  if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) {
    return problem('(brief)', 'expected fields such as brand, market and budget', 'see docs/brief.md');
  }
  const parsed = briefSchema.safeParse(read.value);
  if (!parsed.success) return { ok: false, problems: describeIssues(parsed.error, read.value) };

  const { flight, budget, cpm, title, account, ...rest } = parsed.data;
  const today = dateIn(flight.timeZone, now);
  const startOn = resolveDate(flight.start, today);
  const endOn = resolveDate(flight.end, today);
  if (endOn < startOn)
    return problem(
      'flight.end',
      `${endOn} lies before the start ${startOn}`,
      'a day from the start on',
      flight.end,
    );
  if (endOn < today)
    return problem('flight.end', `the flight ended on ${endOn}`, `a day from ${today} on`, flight.end);
  if (budget < cpm / 1_000) {
    return problem(
      'budget',
      'the budget does not pay for one impression',
      `at least ${cpm / 1_000_000_000} ${rest.currency}`,
    );
  }
  return {
    ok: true,
    brief: {
      ...rest,
      account,
      flight: { startOn, endOn, timeZone: flight.timeZone },
      budgetMicros: budget,
      cpmMicros: cpm,
      title: title ?? rest.campaign.name.slice(0, 60),
    },
  };
}

function problem(field: string, message: string, accepted: string, value?: unknown): BriefResult {
  return { ok: false, problems: [{ field, message, accepted, ...(value === undefined ? {} : { value }) }] };
}

/** JSON is YAML 1.2, so one reader serves both; its errors name line and column. */
function readText(text: string): { value: unknown } | { problem: FieldProblem } {
  const refused = (message: string) => ({
    problem: { field: '(brief)', message, accepted: 'YAML or JSON, see docs/brief.md' },
  });
  if (text.length > maxBriefCharacters) return refused(`longer than ${maxBriefCharacters} characters`);
  if (text.trim() === '') return refused('the brief is empty');
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const first = document.errors[0];
  if (first) return refused(`not readable: ${first.message.split('\n')[0]?.replace(/:$/, '')}`);
  try {
    return { value: document.toJS({ maxAliasCount: 20 }) as unknown };
  } catch (error) {
    return refused(`not readable: ${(error as Error).message}`);
  }
}
