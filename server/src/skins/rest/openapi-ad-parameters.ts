/** What an ad request may say, in a query, a form or a JSON body; docs/protocols/delivery.md section 7 says more. */
const number = { type: 'number' } as const;
const integer = { type: 'integer' } as const;
const bit = { enum: ['0', '1'] } as const;

/** Name, meaning and schema; text when there is none. */
type Row = readonly [name: string, description: string, schema?: object];

const QUESTION: readonly Row[] = [
  ['pl', 'key of the placement; without it the default placement of the host or publisher key'],
  ['pub', 'publisher key'],
  ['dur', 'longest ad that fits, seconds', number],
  ['mindur', 'shortest ad that fits, seconds', number],
  ['pod', '1 asks for a break, 0 for one ad; without it the placement decides', bit],
  ['poddur', 'length of the break, seconds', number],
  ['maxads', 'most ads in the break', integer],
  ['exact', '1: fill the break to the millisecond or not at all', bit],
  ['slots', 'fixed slots in play order, each the longest ad in seconds: 30, 15-30 or bumper:6'],
  ['v', 'VAST version', { enum: ['2.0', '3.0', '4.0', '4.1', '4.2', '4.3'], default: '4.2' }],
  ['rid', 'request id of the caller, echoed in the log'],
  ['sid', 'viewing session: what has been shown in it counts for separation'],
  ['w', 'width of the player, pixels; checked, every rendition is listed', integer],
  ['h', 'height of the player, pixels', integer],
  ['mimes', 'media types that are played, comma-separated'],
  ['floor', 'lowest price of a thousand impressions, in the currency of the placement', number],
  ['bcat', 'blocked categories, comma-separated'],
  ['badv', 'blocked advertiser domains, comma-separated'],
  ['bbrand', 'blocked brands by id, comma-separated'],
  ['bmedia', 'blocked media files by SHA-256, comma-separated'],
  ['genre', 'genres of the content, comma-separated'],
  ['rating', 'rating of the content, such as tv-14'],
  ['language', 'language of the content, ISO 639-1'],
  ['network', 'network'],
  ['channel', 'channel'],
  ['series', 'series'],
  ['livestream', '1 or live, 0 or recorded'],
  ['app', 'bundle of the app'],
  ['seg', 'segments of the viewer, comma-separated'],
  ['deal', 'deals that may serve, comma-separated'],
  ['cb', 'cache buster, ignored'],
];

const VMAP: readonly Row[] = [
  ['breaks', 'breaks: pre, mid@00:10:00, mid@50%, mid@#2, post, comma-separated'],
  ['repeat', 'distance at which the last mid-roll repeats, HH:MM:SS'],
  ['inline', '0: name the tag of each break instead of its ads', bit],
];

const asQuery = ([name, description, schema = { type: 'string' }]: Row) => ({
  name,
  in: 'query' as const,
  required: false,
  description,
  schema,
});

const keyValues = {
  name: 'kv',
  in: 'query' as const,
  required: false,
  description: 'key-values, one parameter a key: kv.section=news,sport',
  style: 'form',
  explode: true,
  schema: { type: 'object', additionalProperties: { type: 'string' } },
};

export const AD_PARAMETERS = [...QUESTION.map(asQuery), keyValues];
export const VMAP_PARAMETERS = [...VMAP.map(asQuery), ...AD_PARAMETERS];

/** The same as fields of a JSON body. */
export const AD_FIELDS = Object.fromEntries(
  QUESTION.map(([name, description, schema = { type: 'string' }]) => [name, { ...schema, description }]),
);

/** Longer names that a JSON body may use. */
export const AD_REQUEST_FIELDS = {
  request_id: { type: 'string', description: 'id of this request, chosen by the caller' },
  duration: { type: 'number', description: 'longest ad that fits, seconds' },
  placement: { type: 'string', description: 'key of the placement; default: that of the host or publisher' },
  publisher: { type: 'string', description: 'publisher key' },
  min_duration: { type: 'number', description: 'shortest ad that fits, seconds' },
  vast_version: { enum: ['2.0', '3.0', '4.0', '4.1', '4.2', '4.3'], default: '4.2' },
  stream_id: { type: 'string', description: 'viewing session' },
  segments: { type: 'array', items: { type: 'string' }, description: 'segments of the viewer' },
  deals: { type: 'array', items: { type: 'string' }, description: 'deals that may serve' },
  blocked_categories: { type: 'array', items: { type: 'string' } },
  blocked_domains: { type: 'array', items: { type: 'string' } },
  blocked_brands: { type: 'array', items: { type: 'string' }, description: 'brand ids' },
  blocked_media: { type: 'array', items: { type: 'string' }, description: 'SHA-256 of media files' },
  kv: {
    type: 'object',
    description: 'key-values: a value or a list for each key',
    additionalProperties: {
      oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    },
  },
  break: {
    type: 'object',
    description: 'asks for a break instead of one ad',
    properties: {
      duration: { type: 'number', description: 'seconds' },
      max_ads: { type: 'integer' },
      exact: { type: 'boolean' },
      slots: { type: 'array', items: { type: ['number', 'string'] } },
    },
  },
} as const;
