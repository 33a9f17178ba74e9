/** One request of a fuzz run, made from a seed alone. */
export interface FuzzInput {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** Draws whole numbers below a bound; the same sequence for the same seed (mulberry32). */
export type Draw = (below: number) => number;

export function drawsFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const FACES = ['/vast', '/vmap', '/api/v1/pod', '/api/v1/interstitials', '/api/v1/ad-request'];
const OTHERS = [
  '/e',
  '/t/',
  '/c/',
  '/api/v1/impression',
  '/media/x.mp4',
  '/vast/',
  '/VAST',
  '//vast',
  '/internal/log',
];
const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'POST',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
];

/** Breaks about as long as the longest that can be filled. */
const SLOT_COUNTS = [15, 16, 17, 20, 31, 32, 33].map((count) => Array(count).fill('15-30').join());

/** Good and nearly good values, so that a request gets past its first parameter. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  pl: ['main', 'break', 'end', 'loose', 'other', 'plc_1', 'pub-one', 'nobody', '__proto__', 'constructor'],
  pub: ['pub-one', 'pub-two', 'nobody', 'toString'],
  dur: ['30', '15.5', '60', '6', '0', '3600', '-1', '1e3', 'NaN', '٣٠', '30.0001'],
  mindur: ['5', '30', '61', '0', '-2'],
  v: ['2.0', '3.0', '4.0', '4.1', '4.2', '4.3', '5.0', '4.20'],
  pod: ['1', '0', 'true', 'no', '2'],
  poddur: ['30', '60', '120', '3600', '0.001', '121'],
  maxads: ['1', '3', '32', '33', '0'],
  exact: ['1', '0'],
  slots: [
    '30,15',
    'bumper:6,30',
    '15-30',
    '30-15',
    ',',
    '1'.repeat(50),
    'bumper:',
    'bumper:6,'.repeat(40),
    ...SLOT_COUNTS,
  ],
  breaks: ['pre', 'pre,mid@00:10:00,post', 'mid@50%', 'mid@#2', 'mid@99:99:99', 'pre,'.repeat(30), 'mid@'],
  repeat: ['00:15:00', '23:59:59', '0', 'x'],
  inline: ['0', '1', 'x'],
  rid: ['r-1', 'a b', 'x'.repeat(128), 'x'.repeat(129)],
  sid: ['s-1', '\u0000'],
  genre: ['drama,crime', 'Ä', 'x,'.repeat(20)],
  rating: ['tv-14', 'x'.repeat(200)],
  series: ['Zoë & Söhne', '日本', '😀', ']]>', '<!--', '\u0085'],
  livestream: ['1', 'live', 'x'],
  seg: ['s1,s2', 's'.repeat(65), 'a,'.repeat(300)],
  deal: ['d1', ','],
  bcat: ['IAB1,IAB7-39', '<'],
  bbrand: ['brd_01k7m3x9', 'a b', 'brd_01k7m3x9,'.repeat(101)],
  bmedia: ['ab'.repeat(32), 'ab', ','],
  badv: ['brand.example', '.', 'x.y'.repeat(60)],
  floor: ['2.5', '0', '999999999.999999', '9999999999'],
  mimes: ['video/mp4', 'video', 'video/mp4,'.repeat(20)],
  w: ['1920', 'wide'],
  h: ['1080', '-'],
  gdpr: ['1', '0', 'x'],
  gdpr_consent: ['CPxxxx', 'A'.repeat(3000)],
  gpp: ['DBABMA~x', '~'],
  gpp_sid: ['7', '7,8,x'],
  us_privacy: ['1YNN', '1---'],
  coppa: ['1', 'x'],
  lmt: ['1', '0', 'x'],
  ifa: ['00000000-0000-0000-0000-000000000000', '[IFA]', 'x'.repeat(300)],
  ifa_type: ['rida', 'x'],
  ip: ['192.0.2.1', '999.1.1.1', '::1'],
  ua: ['Roku/DVP-9.10', 'x'.repeat(2000)],
  country: ['DE', 'XX', 'de'],
  pageurl: ['https://a.example/?q=1&r=%20', 'javascript:x'],
  appbundle: ['com.example.tv', '0'],
  vastversions: ['2,3,7,11,13', '99', 'x'],
  breakmaxduration: ['90', 'x'],
  playersize: ['640,360', 'x'],
  latlong: ['53.55,9.99', '999,x'],
  d: ['dec_abc', 'x'],
  code: ['303', '[ERRORCODE]'],
  _HLS_primary_id: ['5F0E', 'a b'],
  _HLS_start_offset: ['3.5'],
};
const NAMES = Object.keys(VALUES);
const ODD_NAMES = [
  'kv.a',
  'kv.',
  'kv.ä',
  'kv.__proto__',
  '__proto__',
  'constructor',
  '',
  '%zz',
  'x'.repeat(300),
];
const BODY_NAMES = [
  'request_id',
  'placement',
  'publisher',
  'duration',
  'min_duration',
  'vast_version',
  'stream_id',
  'break',
  'kv',
  'segments',
  'token',
];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/xml',
  '',
];

export function fuzzInput(draw: Draw): FuzzInput {
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!;
  const face = draw(12) === 0 ? pick(OTHERS) : pick(FACES);
  // The one face that reads a body only.
  const method = face === '/api/v1/ad-request' && draw(8) > 0 ? 'POST' : pick(METHODS);
  const path = face.endsWith('/') ? `${face}${junk(draw, 60)}` : face;
  const query = draw(8) === 0 ? '' : `?${queryText(draw)}`;
  const headers: Record<string, string> = {};
  if (draw(4) === 0) headers.Origin = pick(['https://player.example', 'null', 'x'.repeat(500)]);
  if (draw(6) === 0) headers['User-Agent'] = pick(['Roku/DVP-9.10 (519.10E04111A)', 'x'.repeat(600), '(']);
  if (draw(6) === 0) headers.Host = pick(['tv.example', 'TV.example:80', '[::1]:80', 'x'.repeat(300), ':']);
  if (draw(10) === 0) headers['X-Forwarded-For'] = pick(['192.0.2.9', 'x', ','.repeat(100)]);
  if (draw(30) === 0) headers['X-Cuepoint-Debug'] = pick(['k1.acc_1.zzz.x', 'x'.repeat(400)]);
  if (draw(20) === 0) headers['X-Device-User-Agent'] = 'Mozilla/5.0 (Web0S; SmartTV)';
  let body: string | undefined;
  if (method === 'POST' || method === 'PUT') {
    const type = draw(3) === 0 ? pick(TYPES) : 'application/json';
    if (type !== '') headers['Content-Type'] = type;
    body = type.startsWith('application/json')
      ? jsonText(draw)
      : draw(2) === 0
        ? queryText(draw)
        : junk(draw, 400);
  }
  return { method, path: `${path}${query}`, headers, body };
}

function queryText(draw: Draw): string {
  const pairs: string[] = [];
  // Most requests find a placement, or nothing behind it would be reached.
  if (draw(10) > 0) pairs.push(`pl=${['main', 'break', 'loose', 'end'][draw(4)]}`);
  for (let left = draw(draw(20) === 0 ? 230 : 9); left > 0; left--) {
    const name = draw(8) === 0 ? ODD_NAMES[draw(ODD_NAMES.length)]! : NAMES[draw(NAMES.length)]!;
    pairs.push(`${name.includes('%') ? name : encodeURIComponent(name)}=${rawValue(draw, name)}`);
  }
  return pairs.join(draw(40) === 0 ? '&&' : '&').slice(0, 7000);
}

function rawValue(draw: Draw, name: string): string {
  const kind = draw(10);
  if (kind < 7) {
    const values = VALUES[name] ?? ['1', 'a,b', 'ä'];
    // The first of each is good: with all of them wrong nothing would be reached.
    return encodeURIComponent(values[draw(3) > 0 ? 0 : draw(values.length)]!);
  }
  if (kind === 7) return ['', '%', '%zz', '%E0%A4%A', '%00', '+', '[X]', '-1', '-2', '%5BIFA%5D'][draw(10)]!;
  return encodeURIComponent(junk(draw, kind === 8 ? 20 : 300));
}

function jsonText(draw: Draw): string {
  const kind = draw(30);
  if (kind === 0) return junk(draw, 300);
  if (kind === 1) return '['.repeat(1 + draw(9000));
  if (kind === 2) return JSON.stringify(junk(draw, 100));
  if (kind === 3) return `{"request_id":"${'x'.repeat(draw(20_000))}"}`;
  if (kind === 4) return `{"__proto__":{"pl":"main"},"constructor":{"prototype":1},"placement":"main"}`;
  const body: Record<string, unknown> = {};
  if (draw(5) > 0) Object.assign(body, { request_id: 'r-1', duration: 30, placement: 'main' });
  for (let left = draw(6); left > 0; left--) {
    const list = draw(2) === 0 ? BODY_NAMES : NAMES;
    body[list[draw(list.length)]!] = jsonValue(draw, 3);
  }
  return JSON.stringify(body);
}

function jsonValue(draw: Draw, depth: number): unknown {
  const kind = draw(depth === 0 ? 7 : 9);
  if (kind === 0) return null;
  if (kind === 1) return draw(2) === 0;
  if (kind === 2) return [0, -1, 30, 15.5, 1e308, 2 ** 53, 0.1][draw(7)];
  if (kind === 3) return junk(draw, 40);
  if (kind === 4) return 'x'.repeat(draw(2000));
  if (kind <= 6) {
    const values = VALUES[NAMES[draw(NAMES.length)]!]!;
    return values[draw(values.length)];
  }
  const count = draw(5);
  if (kind === 7) return Array.from({ length: count }, () => jsonValue(draw, depth - 1));
  const keys = ['duration', 'max_ads', 'exact', 'slots', 'a', 'ä', '__proto__', ''];
  return Object.fromEntries(
    Array.from({ length: count }, () => [keys[draw(keys.length)], jsonValue(draw, depth - 1)]),
  );
}

/** Any characters, among them those that escape badly; never half of one. */
function junk(draw: Draw, longest: number): string {
  let text = '';
  for (let left = draw(longest); left > 0; left--) {
    const kind = draw(6);
    if (kind < 3) text += String.fromCharCode(32 + draw(95));
    else if (kind === 3) text += '<>&"\'[]%+,;=\\/'[draw(14)];
    else if (kind === 4) text += String.fromCharCode(draw(32));
    else text += String.fromCodePoint([0xe4, 0x2028, 0xfffe, 0x1f600, 0x85, 0x10ffff][draw(6)]!);
  }
  return encodeSafe(text);
}

function encodeSafe(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}
