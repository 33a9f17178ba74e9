/** Device classes a line item can target. */
export const DEVICE_TYPES = [
  'ctv',
  'console',
  'set_top_box',
  'tablet',
  'phone',
  'desktop',
  'bot',
  'unknown',
] as const;
export type DeviceType = (typeof DEVICE_TYPES)[number];

/** First match wins: television platforms come first because many of their agents also say Android, iPhone or Linux. */
const RULES: readonly (readonly [RegExp, DeviceType])[] = [
  [/PlayStation|Xbox|Nintendo/i, 'console'],
  [
    /Roku|AFT[A-Z]|Tizen.*TV|SMART-TV|SmartTV|Web0S|webOS|AppleTV|Apple TV|tvOS|Android ?TV|GoogleTV|BRAVIA|CrKey|VIZIO|SmartCast|HbbTV|NetCast|Hisense|Viera/i,
    'ctv',
  ],
  [/set-?top|STB|Comcast|Xumo|TiVo|Sky_STB/i, 'set_top_box'],
  [/bot\b|crawl|spider|slurp|HeadlessChrome|curl\/|wget\/|python-requests/i, 'bot'],
  [/iPad|Tablet|Silk\/|Android(?!.*Mobile)/i, 'tablet'],
  [/iPhone|iPod|Mobile/i, 'phone'],
  [/Windows NT|Macintosh|X11|CrOS/i, 'desktop'],
];

/** Device class from a User-Agent header. Only the first 512 characters are looked at. */
export function deviceType(userAgent: string): DeviceType {
  const text = userAgent.slice(0, 512);
  for (const [pattern, type] of RULES) if (pattern.test(text)) return type;
  return 'unknown';
}
