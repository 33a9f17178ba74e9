import { type MacroDefinition, VAST_MACROS } from './macro-list.ts';
import type { VastVersion } from './version.ts';

/**
 * The query of a tag that asks for macros, such as `deviceua=[DEVICEUA]&ifa=[IFA]`; all macros of requests that
 * are not withdrawn when no names are given.
 */
export function macroQuery(names: readonly string[] = REQUEST_MACROS): string {
  return names.map((name) => `${name.toLowerCase()}=[${name.toUpperCase()}]`).join('&');
}

const isIn = (context: MacroDefinition['contexts'][number]) => (macro: MacroDefinition) =>
  macro.contexts.includes(context);
const namesOf = (macros: readonly MacroDefinition[]): readonly string[] => macros.map(({ name }) => name);

/** Macros that a request may carry. */
export const REQUEST_MACROS: readonly string[] = namesOf(
  VAST_MACROS.filter(isIn('request')).filter(({ deprecatedFor }) => !deprecatedFor),
);

/** Macros whose value only exists where and when the URL is called: a server must leave them to the player. */
export const PLAYER_MACROS: readonly string[] = [
  'CONTENTPLAYHEAD',
  'MEDIAPLAYHEAD',
  'ADPLAYHEAD',
  'ADCOUNT',
  'ASSETURI',
  'PLAYERSTATE',
  'CLICKPOS',
  'ERRORCODE',
  'REASON',
];

/**
 * Macros of the call itself, the server's own only where it calls the URL: when, by which call, and by whom. What a
 * request says in SERVERSIDE is who asked for the ad, which says nothing of who calls its trackers.
 */
const OF_THE_CALL: readonly string[] = ['TIMESTAMP', 'CACHEBUSTING', 'SERVERSIDE'];

/** Macros that a server learns from the request and can fill in the trackers it answers with. */
export const SERVER_MACROS: readonly string[] = REQUEST_MACROS.filter(
  (name) => !PLAYER_MACROS.includes(name) && !OF_THE_CALL.includes(name),
);

/** VAST versions by their numbers in VASTVERSIONS (AdCOM 1.0, Creative Subtypes - Audio/Video). */
const ADCOM_VERSIONS: Readonly<Record<number, readonly [VastVersion, 'inline' | 'wrapper']>> = {
  2: ['2.0', 'inline'],
  3: ['3.0', 'inline'],
  5: ['2.0', 'wrapper'],
  6: ['3.0', 'wrapper'],
  7: ['4.0', 'inline'],
  8: ['4.0', 'wrapper'],
  11: ['4.1', 'inline'],
  12: ['4.1', 'wrapper'],
  13: ['4.2', 'inline'],
  14: ['4.2', 'wrapper'],
  15: ['4.3', 'inline'],
  16: ['4.3', 'wrapper'],
};

/** What a player reads by the numbers of VASTVERSIONS, each list in the order given; numbers of other formats say nothing. */
export function vastVersionsFrom(numbers: readonly number[]): {
  readonly inline: readonly VastVersion[];
  readonly wrapper: readonly VastVersion[];
} {
  const known = numbers.flatMap((number) => {
    const entry = Object.hasOwn(ADCOM_VERSIONS, number) ? ADCOM_VERSIONS[number] : undefined;
    return entry ? [entry] : [];
  });
  const of = (wanted: 'inline' | 'wrapper'): VastVersion[] => [
    ...new Set(known.flatMap(([version, form]) => (form === wanted ? [version] : []))),
  ];
  return { inline: of('inline'), wrapper: of('wrapper') };
}
