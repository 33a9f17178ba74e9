import {
  BOT_RULE,
  hbbTv,
  MAKERS,
  OTHER_RULES,
  type PlatformRule,
  TABLET_MODEL,
  TELEVISION_RULES,
} from './device-rules.ts';

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

/** What is known of the device that plays an ad; null where nothing was said. */
export interface Device {
  readonly type: DeviceType;
  /** System, e.g. `Roku OS`, `Fire OS`, `Tizen`, `webOS`, `tvOS`, `Android TV`, `Android`, `iOS`, `Windows`. */
  readonly os: string | null;
  /** Version of the system with dots. Fire OS is stated as the Android below it, as agents do. */
  readonly osVersion: string | null;
  readonly make: string | null;
  readonly model: string | null;
}

/** Client Hints as they came (W3C, User-Agent Client Hints), quotes and all. */
export interface ClientHints {
  /** `Sec-CH-UA-Platform` */
  readonly platform?: string | undefined;
  /** `Sec-CH-UA-Platform-Version` */
  readonly platformVersion?: string | undefined;
  /** `Sec-CH-UA-Model` */
  readonly model?: string | undefined;
  /** `Sec-CH-UA-Mobile`: `?1` or `?0` */
  readonly mobile?: string | undefined;
}

const MAX_AGENT = 512;
const MAX_HINT = 64;

/** Device class from a User-Agent header. Only the first 512 characters are looked at. */
export function deviceType(userAgent: string): DeviceType {
  return readDevice(userAgent).type;
}

/**
 * The device from a User-Agent header and Client Hints. Television platforms are recognised first. Only the first 512
 * characters of the agent and 64 of a hint are looked at, in time linear in them.
 */
export function readDevice(userAgent: string, hints?: ClientHints): Device {
  const agent = userAgent.slice(0, MAX_AGENT);
  const hintedModel = unquote(hints?.model);
  // A reduced agent says `Android 10; K`: the model stands in the hint alone.
  const text = hintedModel === null ? agent : `${agent} (Android; ${hintedModel})`;
  const television = TELEVISION_RULES.find(({ has }) => has.test(text));
  if (television) return described(television, agent, hintedModel, hints);
  if (BOT_RULE.test(agent)) return { type: 'bot', os: null, osVersion: null, make: null, model: null };
  const other = OTHER_RULES.find(({ has }) => has.test(agent));
  if (!other) return fromHints(hints, hintedModel);
  const device = described(other, agent, hintedModel, hints);
  return other.os === 'Android' ? { ...device, type: androidType(agent, device.model, hints) } : device;
}

function described(
  rule: PlatformRule,
  agent: string,
  hintedModel: string | null,
  hints: ClientHints | undefined,
): Device {
  const stated = rule.model?.exec(agent)?.[1]?.trim();
  const hbb = stated === undefined && rule.make === undefined ? hbbTv(agent) : null;
  // The placeholder of reduced agents, and of no use.
  const model = hintedModel ?? (stated === undefined || stated === 'K' ? (hbb?.[1] ?? null) : stated);
  return {
    type: rule.type,
    os: rule.os,
    osVersion: versionOf(rule, agent, hints),
    make: rule.make ?? hbb?.[0] ?? makerOf(model),
    model,
  };
}

const makerOf = (model: string | null): string | null =>
  model === null ? null : (MAKERS.find(([pattern]) => pattern.test(model))?.[1] ?? null);

/** Versions of Windows NT as they are called. */
const WINDOWS: Readonly<Record<string, string>> = { '10.0': '10', '6.3': '8.1', '6.2': '8', '6.1': '7' };

function versionOf(rule: PlatformRule, agent: string, hints: ClientHints | undefined): string | null {
  const found = rule.version?.exec(agent)?.[1]?.replaceAll('_', '.') ?? null;
  const hinted = unquote(hints?.platformVersion);
  if (rule.os === 'Windows') {
    // Agents have stopped at NT 10.0; the hint counts on: 13 and above is Windows 11 (UA-CH documentation of Microsoft).
    if (hinted !== null && Number.parseInt(hinted, 10) >= 13) return '11';
    return found === null ? null : (WINDOWS[found] ?? found);
  }
  const isReduced = rule.os === 'Android' || rule.os === 'macOS' || rule.os === 'ChromeOS';
  return isReduced && hinted !== null && /^\d{1,6}(\.\d{1,6}){0,3}$/.test(hinted) ? hinted : found;
}

/** Browsers on phones say Mobile and on tablets do not; apps say neither, so that only the model can tell. */
function androidType(agent: string, model: string | null, hints: ClientHints | undefined): DeviceType {
  if (model !== null && TABLET_MODEL.test(model)) return 'tablet';
  if (/\bMobile\b/.test(agent) || hints?.mobile === '?1') return 'phone';
  return /^Mozilla\//.test(agent) ? 'tablet' : 'phone';
}

const PLATFORMS: Readonly<Record<string, string>> = {
  Windows: 'Windows',
  macOS: 'macOS',
  Linux: 'Linux',
  'Chrome OS': 'ChromeOS',
  'Chromium OS': 'ChromeOS',
  Android: 'Android',
  iOS: 'iOS',
};

/** An agent that says nothing beside hints that do. */
function fromHints(hints: ClientHints | undefined, model: string | null): Device {
  const platform = unquote(hints?.platform);
  const os = platform !== null && Object.hasOwn(PLATFORMS, platform) ? PLATFORMS[platform]! : null;
  const isHandheld = os === 'Android' || os === 'iOS';
  const type = hints?.mobile === '?1' ? 'phone' : os === null ? 'unknown' : isHandheld ? 'tablet' : 'desktop';
  return { type, os, osVersion: unquote(hints?.platformVersion), make: makerOf(model), model };
}

/** A hint without its quotes; null when it says nothing. */
function unquote(hint: string | undefined): string | null {
  if (hint === undefined || hint.length > MAX_HINT) return null;
  const text = hint.replaceAll('"', '').trim();
  return text === '' ? null : text;
}
