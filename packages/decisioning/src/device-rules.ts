import type { DeviceType } from './device.ts';

/** A platform that a User-Agent names. Patterns have bounded repetition only, so that they are linear in the text. */
export interface PlatformRule {
  readonly has: RegExp;
  readonly type: DeviceType;
  readonly os: string | null;
  readonly make?: string;
  /** First group: version of the system. */
  readonly version?: RegExp;
  /** First group: model. */
  readonly model?: RegExp;
}

const ANDROID_VERSION = /Android (\d{1,2}(?:\.\d{1,3}){0,3})/;
/** What stands between the version and the build, past a language: `Android 9; en-us; BRAVIA 4K UR2 Build/...`. */
const ANDROID_MODEL =
  /Android [\d.]{1,12}; ?(?:[a-z]{2}[-_][A-Za-z]{2}; ?)?([^;()]{1,64}?)(?: ?Build\/| MIUI\/|[;)])/;
const HBBTV_MAKE = /HbbTV\/[\d.]{1,12} ?\([^;)]{0,40}; ?([A-Za-z][A-Za-z -]{1,30}); ?([\w ./+-]{0,40})/;

/** Television platforms come first: many of their agents also say Android, iPhone, Linux or Mobile. */
export const TELEVISION_RULES: readonly PlatformRule[] = [
  {
    has: /PlayStation/i,
    type: 'console',
    os: 'PlayStation',
    make: 'Sony',
    version: /PlayStation [\w]{1,8}[ /](\d{1,2}\.\d{1,3})/i,
    model: /(PlayStation (?:\d|Vita|Portable))/i,
  },
  {
    has: /Xbox/i,
    type: 'console',
    os: 'Xbox',
    make: 'Microsoft',
    version: /Windows NT (\d{1,2}\.\d)/,
    model: /(Xbox (?:Series [XS]|One))/i,
  },
  {
    has: /Nintendo/i,
    type: 'console',
    os: 'Nintendo',
    make: 'Nintendo',
    model: /Nintendo ((?:New )?\w{2,8})/i,
  },
  {
    has: /\bAFT[A-Z0-9]{1,8}\b|Fire ?TV/,
    type: 'ctv',
    os: 'Fire OS',
    make: 'Amazon',
    version: ANDROID_VERSION,
    model: /\b(AFT[A-Z0-9]{1,8})\b/,
  },
  {
    has: /\bRoku/i,
    type: 'ctv',
    os: 'Roku OS',
    make: 'Roku',
    version: /\/DVP-(\d{1,3}(?:\.\d{1,3}){0,2})/,
    model: /\bRoku ?(\d{4}[A-Z]{1,3})\b/,
  },
  {
    has: /Apple ?TV|\btvOS/i,
    type: 'ctv',
    os: 'tvOS',
    make: 'Apple',
    version: /(?:tvOS|CPU OS|AppleTV\d{1,2},\d{1,2}|AppleTV)[ /](\d{1,2}(?:[._]\d{1,2}){0,2})/i,
    model: /(AppleTV\d{1,2},\d{1,2})/,
  },
  {
    has: /CrKey/,
    type: 'ctv',
    os: 'Cast OS',
    make: 'Google',
    version: /CrKey\/(\d{1,3}(?:\.\d{1,6}){0,2})/,
    model: /DeviceType\/(\w{1,32})/,
  },
  {
    has: /Tizen[^)]{0,80}\bTV\b|Tizen[^)]{0,80}SMART-TV|SMART-TV[^)]{0,80}Tizen|Tizen.{0,300}? TV Safari|\bMaple/i,
    type: 'ctv',
    os: 'Tizen',
    make: 'Samsung',
    version: /Tizen[ /](\d{1,2}(?:\.\d{1,2}){0,2})/i,
    model: /(?:SmartTV\d{4};|SAMSUNG[ _/;]?) ?([A-Z]{2,3}-?[A-Z0-9]{4,16})/,
  },
  {
    has: /Web0S|webOS/i,
    type: 'ctv',
    os: 'webOS',
    make: 'LG',
    version: /(?:webOS TV\/|webOS\.TV-|Web0S\/|WEBOS)(\d{1,4}(?:\.\d{1,2}){0,2})/i,
    model: /\(LGE?[,;] ?([\w-]{3,24})/,
  },
  {
    has: /NetCast/i,
    type: 'ctv',
    os: 'NetCast',
    make: 'LG',
    version: /NetCast\.TV-(\d{4})/,
    model: /\(LGE?[,;] ?([\w-]{3,24})/,
  },
  {
    has: /VIZIO|SmartCast/i,
    type: 'ctv',
    os: 'SmartCast',
    make: 'Vizio',
    version: /SmartCast\/(\d{1,3}(?:\.\d{1,4}){0,3})/i,
    model: /VIZIO[ _-]?([A-Z]\d{2,3}[\w-]{0,12})/,
  },
  {
    has: /VIDAA/i,
    type: 'ctv',
    os: 'VIDAA',
    make: 'Hisense',
    version: /VIDAA\/(\d{1,2}(?:\.\d{1,2}){0,2})/i,
    model: /VIDAA\/[\d.]{1,8} ?\(Hisense; ?(?:SmartTV; ?)?([\w.-]{3,24})/i,
  },
  {
    has: /set-?top|\bSTB\b|STB[ _/]|[ _]STB|Sky_|SkyQ|Sky Q|Comcast|Xumo|TiVo|\bMAG\d{3}\b|Virgin ?Media|EOSSTB|Freebox|Livebox|Contour|\bKSTB/i,
    type: 'set_top_box',
    os: 'Linux',
    model: /\b(MAG\d{3}|X1|XG\d\w{0,3}|XiOne|Xi\d)\b/,
  },
  {
    has: /Android.{0,60}\bTV\b|Android ?TV|Google ?TV|BRAVIA|MIBOX|MiTV|Mi ?Box|SHIELD|AQUOS|BeyondTV|Chromecast|\bonn\.|\bADT-\d|TPM\d{3}|SMART_TV|Hisense/i,
    type: 'ctv',
    os: 'Android TV',
    version: ANDROID_VERSION,
    model: ANDROID_MODEL,
  },
  { has: /Viera/i, type: 'ctv', os: 'Firefox OS', make: 'Panasonic', model: /(VIERA ?\d{0,4})/i },
  { has: /HbbTV/i, type: 'ctv', os: 'Linux', version: /HbbTV\/(\d\.\d{1,2}\.\d{1,2})/ },
  {
    has: /SmartTV|Smart-TV|Smart TV|NETTV|InettvBrowser|OPR\/[\d.]{1,16} OMI|Opera TV|DTV\b/i,
    type: 'ctv',
    os: 'Linux',
  },
];

export const BOT_RULE =
  /(?<!cu)bot\b|crawl|spider|slurp|HeadlessChrome|Lighthouse|facebookexternalhit|PhantomJS|curl\/|wget\/|python-|Go-http-client|libwww|axios\/|node-fetch|PostmanRuntime/i;

export const OTHER_RULES: readonly PlatformRule[] = [
  {
    has: /\bKF[A-Z]{2,6}\b/,
    type: 'tablet',
    os: 'Fire OS',
    make: 'Amazon',
    version: ANDROID_VERSION,
    model: /\b(KF[A-Z]{2,6})\b/,
  },
  {
    has: /iPad/,
    type: 'tablet',
    os: 'iPadOS',
    make: 'Apple',
    version: /OS (\d{1,2}(?:[._]\d{1,2}){0,2})/,
    model: /(iPad(?:\d{1,2},\d{1,2})?)/,
  },
  {
    has: /iPhone|iPod/,
    type: 'phone',
    os: 'iOS',
    make: 'Apple',
    version: /(?:OS |iOS\/?)(\d{1,2}(?:[._]\d{1,2}){0,2})/,
    model: /(iPhone(?:\d{1,2},\d{1,2})?|iPod(?: touch)?)/,
  },
  { has: /Windows Phone/, type: 'phone', os: 'Windows', version: /Windows Phone (\d{1,2}\.\d)/ },
  { has: /Android/, type: 'tablet', os: 'Android', version: ANDROID_VERSION, model: ANDROID_MODEL },
  { has: /Tizen/, type: 'phone', os: 'Tizen', version: /Tizen (\d{1,2}\.\d)/, model: /(SM-\w{3,8})/ },
  { has: /Silk\/|Tablet/i, type: 'tablet', os: null },
  { has: /CrOS/, type: 'desktop', os: 'ChromeOS', version: /CrOS \w{1,12} (\d{1,6}(?:\.\d{1,4}){0,2})/ },
  { has: /Windows NT/, type: 'desktop', os: 'Windows', version: /Windows NT (\d{1,2}\.\d)/ },
  {
    has: /Macintosh/,
    type: 'desktop',
    os: 'macOS',
    make: 'Apple',
    version: /Mac OS X (\d{1,2}(?:[._]\d{1,2}){0,2})/,
  },
  { has: /X11/, type: 'desktop', os: 'Linux' },
  { has: /Mobile/i, type: 'phone', os: null },
  { has: /CFNetwork|Darwin/, type: 'unknown', os: null, make: 'Apple' },
];

/** Makers by how their models are called; a model is looked at from its start. */
export const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/^(?:SM-|GT-|SAMSUNG|Galaxy)/i, 'Samsung'],
  [/^(?:Pixel|Nexus|Chromecast|Google TV|ADT-)/i, 'Google'],
  [/^(?:BRAVIA|Xperia|SO-\d|XQ-)/i, 'Sony'],
  [/^(?:MIBOX|MiTV|Mi |Mi-|Redmi|Xiaomi|POCO|M2\d{3}|2\d{6})/i, 'Xiaomi'],
  [/^(?:AFT|KF[A-Z])/, 'Amazon'],
  [/^SHIELD/i, 'NVIDIA'],
  [/^(?:TPM|PHILIPS)/i, 'Philips'],
  [/^(?:AQUOS|SHARP)/i, 'Sharp'],
  [/^(?:BeyondTV|TCL|Smart TV Pro)/i, 'TCL'],
  [/^(?:Hisense|HiSmart)/i, 'Hisense'],
  [/^(?:LM-|LG-|LGE)/i, 'LG'],
  [/^(?:moto|motorola|XT\d{4})/i, 'Motorola'],
  [/^(?:ONEPLUS|IN20\d\d|LE21\d\d)/i, 'OnePlus'],
  [/^(?:CPH\d|OPPO)/i, 'OPPO'],
  [/^(?:vivo|V\d{4}[A-Z])/, 'vivo'],
  [/^(?:HUAWEI|HONOR)/i, 'Huawei'],
  [/^Nokia/i, 'Nokia'],
  [/^Lenovo/i, 'Lenovo'],
  [/^onn/i, 'onn.'],
];

/** Android models that are tablets whatever else the agent says. */
export const TABLET_MODEL =
  /^(?:SM-[TX]\d|Lenovo (?:TB|YT)|Pixel (?:Tablet|C)|MediaPad|Nexus (?:7|9|10)|GT-P\d|Galaxy Tab)/i;

/** `HbbTV/1.4.1 (+DRM; Philips; 50PUS7304; ...)`: maker and model. */
export const hbbTv = (text: string): readonly [make: string, model: string | null] | null => {
  const found = HBBTV_MAKE.exec(text);
  return found ? [found[1]!.trim(), found[2]!.trim() || null] : null;
};
