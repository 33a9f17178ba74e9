/** Where a macro may be used: in the URL that asks for an ad, in trackers, or only in one kind of tracker. */
export type MacroContext = 'request' | 'tracking' | 'click' | 'error' | 'verification';

/** One macro of the standard. */
export interface MacroDefinition {
  /** Without brackets. */
  readonly name: string;
  readonly group:
    | 'generic'
    | 'break'
    | 'client'
    | 'publisher'
    | 'capabilities'
    | 'player'
    | 'click'
    | 'error'
    | 'verification'
    | 'regulation';
  /** VAST version that introduced it; "4.x" for those published after 4.2 between versions, "next" for drafts. */
  readonly since: '3.0' | '4.0' | '4.1' | '4.2' | '4.x' | 'next';
  readonly contexts: readonly MacroContext[];
  readonly meaning: string;
  /** A list of values, joined by commas. */
  readonly list: boolean;
  /** What one value is. */
  readonly type: 'string' | 'integer' | 'number' | 'timecode' | 'uuid';
  /** Must be filled by whoever calls the URL. */
  readonly required: boolean;
  /** What to use instead, when the standard has withdrawn it. */
  readonly deprecatedFor?: readonly string[];
}

type Row = readonly [name: string, since: MacroDefinition['since'], marks: string, meaning: string];

const CONTEXTS: Readonly<Record<string, MacroContext>> = {
  r: 'request',
  t: 'tracking',
  c: 'click',
  e: 'error',
  v: 'verification',
};

const TYPES: Readonly<Record<string, MacroDefinition['type']>> = {
  '#': 'integer',
  '.': 'number',
  ':': 'timecode',
  u: 'uuid',
};

// Marks: r request, t tracking, c click, e error, v verification; "+" list of values; "!" required; the type is
// "#" integer, "." number, ":" time code, "u" UUID, and text without any.
function group(name: MacroDefinition['group'], rows: readonly Row[]): MacroDefinition[] {
  return rows.map(([macro, since, marks, meaning]) => ({
    name: macro,
    group: name,
    since,
    contexts: [...marks].flatMap((mark) => CONTEXTS[mark] ?? []),
    meaning,
    list: marks.includes('+'),
    type: TYPES[[...marks].find((mark) => TYPES[mark]) ?? ''] ?? 'string',
    required: marks.includes('!'),
    ...(macro === 'CONTENTPLAYHEAD' ? { deprecatedFor: ['ADPLAYHEAD', 'MEDIAPLAYHEAD'] } : {}),
  }));
}

/** The 59 macros of the IAB Tech Lab list, in our words. */
export const VAST_MACROS: readonly MacroDefinition[] = [
  ...group('generic', [
    ['TIMESTAMP', '4.0', 'rt!', 'When the URL is called, ISO 8601 with milliseconds and zone.'],
    ['CACHEBUSTING', '3.0', 'rt!#', 'Eight random digits.'],
  ]),
  ...group('break', [
    ['CONTENTPLAYHEAD', '3.0', 'rt:', 'Position in the content, HH:MM:SS.mmm.'],
    ['MEDIAPLAYHEAD', '4.1', 'rt:', 'Position in the content (not the ad), HH:MM:SS.mmm.'],
    [
      'BREAKPOSITION',
      '4.1',
      'rt#',
      'Place of the break: 1 pre-roll, 2 mid-roll, 3 post-roll, 4 stand-alone and so on.',
    ],
    ['BLOCKEDADCATEGORIES', '4.1', 'r+', 'Ad categories that must not be returned.'],
    ['ADCATEGORIES', '4.1', 'r+', 'Ad categories that are wanted.'],
    [
      'ADCOUNT',
      '4.1',
      'rt#',
      'In a request the number of ads expected, in a tracker the number played so far.',
    ],
    ['TRANSACTIONID', '4.1', 'rtu', 'UUID that follows a request through the whole chain.'],
    ['PLACEMENTTYPE', '4.1', 'rt#', 'Video placement subtype of AdCOM.'],
    ['ADTYPE', '4.1', 'rt', 'video, audio or hybrid, as in Ad@adType.'],
    ['UNIVERSALADID', '4.1', 't+', 'Registry and value of the UniversalAdId, separated by a space.'],
    ['BREAKMAXDURATION', '4.2', 'rt#', 'Longest total duration of the break, seconds.'],
    ['BREAKMAXADS', '4.2', 'rt#', 'Most ads in the break.'],
    ['BREAKMINADLENGTH', '4.2', 'rt#', 'Shortest single ad, seconds.'],
    ['BREAKMAXADLENGTH', '4.2', 'rt#', 'Longest single ad, seconds.'],
  ]),
  ...group('client', [
    ['IFA', '4.1', 'rt', 'Resettable advertising identifier of the device.'],
    ['IFATYPE', '4.1', 'rt', 'Kind of identifier in IFA, such as rida, tifa, afai or sessionid.'],
    ['CLIENTUA', '4.1', 'rt', 'Player and VAST client, name/version.'],
    ['SERVERUA', '4.1', 'rt', 'Server that calls on behalf of a client, name/version.'],
    ['DEVICEUA', '4.1', 'rt', 'User-Agent of the device that shows the ad, when a server calls.'],
    ['SERVERSIDE', '4.1', 'rt#', '0 called by the client, 1 by a server for a known client, 2 by a server.'],
    ['DEVICEIP', '4.1', 'rt', 'IP address of the device that shows the ad, when a server calls.'],
    ['LATLONG', '4.1', 'rt+.', 'Latitude and longitude.'],
  ]),
  ...group('publisher', [
    ['DOMAIN', '4.1', 'rt', 'Domain of the top page.'],
    ['PAGEURL', '4.1', 'rt', 'URL of the top page.'],
    ['APPBUNDLE', '4.1', 'rt', 'Bundle of the app, not its store id.'],
    ['STOREID', '4.x', 'rt', 'Store id of the app.'],
    ['STOREURL', '4.x', 'rt', 'Store URL of the app.'],
    ['CONTENTCAT', '4.x', 'r+', 'Content categories of the IAB Content Taxonomy.'],
  ]),
  ...group('capabilities', [
    ['VASTVERSIONS', '4.1', 'r+#', 'VAST versions the player reads, as AdCOM numbers.'],
    ['APIFRAMEWORKS', '4.1', 'r+.', 'Frameworks the player runs, as AdCOM numbers.'],
    ['EXTENSIONS', '4.1', 'r+', 'Extension types the player understands.'],
    ['VERIFICATIONVENDORS', '4.1', 'r+', 'Verification vendors the player runs.'],
    [
      'OMIDPARTNER',
      '4.1',
      'rt',
      'Open Measurement integration, name/version; required where OM is supported.',
    ],
    ['MEDIAMIME', '4.1', 'r+', 'MIME types the player plays.'],
    [
      'PLAYERCAPABILITIES',
      '4.1',
      'rt+',
      'What the player can do: skip, mute, autoplay, fullscreen, icon and others.',
    ],
    [
      'CLICKTYPE',
      '4.1',
      'rt#',
      'How clicks work: 0 none, 1 whole video, 2 button or link, 3 with confirmation.',
    ],
    ['PLAYBACKMETHODS', '4.x', 'rt#', 'How playback starts, as an AdCOM number.'],
  ]),
  ...group('player', [
    ['PLAYERSTATE', '4.1', 't+', 'State of the player: muted, fullscreen and others.'],
    ['INVENTORYSTATE', '4.1', 'rt+', 'State of the inventory: autoplayed, fullscreen and others.'],
    ['PLAYERSIZE', '4.1', 'rt+#', 'Width and height of the player, device-independent pixels.'],
    ['ADPLAYHEAD', '4.1', 't:', 'Position in the ad, HH:MM:SS.mmm.'],
    ['ASSETURI', '3.0', 't', 'URL of the ad file being played.'],
    ['CONTENTID', '4.1', 'rt', 'Registry and id of the content, separated by a space.'],
    ['CONTENTURI', '4.1', 'rt', 'URL of the content.'],
    ['PODSEQUENCE', '4.1', 't#', 'Ad@sequence of the ad being played.'],
    ['ADSERVINGID', '4.1', 't', 'AdServingId of the ad being played.'],
  ]),
  ...group('click', [['CLICKPOS', '4.1', 'c+.', 'Where the click was, x and y within the player.']]),
  ...group('error', [['ERRORCODE', '3.0', 'e!#', 'VAST error code.']]),
  ...group('verification', [
    ['REASON', '4.1', 'v!#', 'Why verification did not run: 1 refused, 2 not supported, 3 failed to load.'],
  ]),
  ...group('regulation', [
    ['LIMITADTRACKING', '4.1', 'rt!#', '1 when the user limits ad tracking, else 0.'],
    ['REGULATIONS', '4.1', 'rt+', 'Regulations that apply, such as coppa or gdpr.'],
    ['GDPRCONSENT', '4.1', 'rt', 'TCF consent string.'],
    ['GPPSTRING', '4.x', 'rt', 'Global Privacy Platform string.'],
    ['GPPSECTIONID', '4.x', 'rt+#', 'Sections of the GPP string that apply.'],
    ['DSAREQUIRED', 'next', 'r#', 'Whether transparency data under the Digital Services Act is due.'],
    ['DSAPARAMS', 'next', 'r+#', 'User parameters behind the ad, for DSA transparency.'],
    ['DSAPUBRENDER', 'next', 'r#', 'Whether the publisher shows the DSA notice itself.'],
  ]),
];
