import { DEVICE_TYPES, type Device, type DeviceType } from '@cuepoint/decisioning';
import { type IgnoredParam, ignoredParam, type ViewerParams } from './params.ts';

/** AdCOM 1.0, List: Device Types. 1 (handheld), 3 (connected television) and 6 (connected device) leave room. */
const OPENRTB_TYPES: Readonly<Record<string, DeviceType>> = {
  '1': 'phone',
  '2': 'desktop',
  '3': 'ctv',
  '4': 'phone',
  '5': 'tablet',
  '6': 'ctv',
  '7': 'set_top_box',
  '8': 'unknown',
};
const PRINTABLE = /^[\p{L}\p{N}][\p{L}\p{N} .,_+/()&'-]{0,63}$/u;
/** How publishers write systems, in lower case, and how they are called here. */
const SYSTEMS: Readonly<Record<string, string>> = {
  roku: 'Roku OS',
  'roku os': 'Roku OS',
  rokuos: 'Roku OS',
  fireos: 'Fire OS',
  'fire os': 'Fire OS',
  'fire tv': 'Fire OS',
  tizen: 'Tizen',
  webos: 'webOS',
  tvos: 'tvOS',
  'apple tv': 'tvOS',
  androidtv: 'Android TV',
  'android tv': 'Android TV',
  'google tv': 'Android TV',
  android: 'Android',
  ios: 'iOS',
  ipados: 'iPadOS',
  windows: 'Windows',
  macos: 'macOS',
  'mac os x': 'macOS',
  linux: 'Linux',
  chromeos: 'ChromeOS',
  'chrome os': 'ChromeOS',
  vidaa: 'VIDAA',
  smartcast: 'SmartCast',
  playstation: 'PlayStation',
  xbox: 'Xbox',
};

/**
 * The device as the request states it, over what its agent says: an app knows its own device. Stated are `devicetype`
 * (a number of AdCOM, or a name of DEVICE_TYPES), `make`, `model`, `os`, `osv`. One that cannot be used is ignored, and
 * noted. Gives `read` itself when nothing is stated.
 */
export function statedDevice(read: Device, params: ViewerParams, ignored: IgnoredParam[]): Device {
  if (!params.statesDevice) return read;
  const type = stated(params, 'devicetype', ignored, (text) => typeOf(text, read.type), TYPES_ACCEPTED);
  const make = stated(params, 'make', ignored, printable, PRINTABLE_ACCEPTED);
  const model = stated(params, 'model', ignored, printable, PRINTABLE_ACCEPTED);
  const os = stated(params, 'os', ignored, systemOf, PRINTABLE_ACCEPTED);
  const osVersion = stated(params, 'osv', ignored, printable, PRINTABLE_ACCEPTED);
  if (type === null && make === null && model === null && os === null && osVersion === null) return read;
  return {
    type: type ?? read.type,
    os: os ?? read.os,
    // A version goes with its system.
    osVersion: osVersion ?? (os === null || os === read.os ? read.osVersion : null),
    make: make ?? read.make,
    model: model ?? (make === null || make === read.make ? read.model : null),
  };
}

const TYPES_ACCEPTED = `a device type of AdCOM, 1 to 8, or one of ${DEVICE_TYPES.join(', ')}`;
const PRINTABLE_ACCEPTED = "1 to 64 letters, digits, spaces and .,_+/()&'-, starting with a letter or digit";

function stated<T extends string>(
  params: ViewerParams,
  name: 'devicetype' | 'make' | 'model' | 'os' | 'osv',
  ignored: IgnoredParam[],
  read: (text: string) => T | null,
  accepted: string,
): T | null {
  const text = params.get(name);
  if (text === undefined) return null;
  const value = read(text);
  if (value === null) ignored.push(ignoredParam(name, text, accepted));
  return value;
}

function typeOf(text: string, read: DeviceType): DeviceType | null {
  const named = DEVICE_TYPES.find((type) => type === text);
  if (named) return named;
  if (!Object.hasOwn(OPENRTB_TYPES, text)) return null;
  // What the agent knows better: a tablet is a handheld, a console and a set-top box are connected devices.
  const knowsBetter =
    (text === '1' && read === 'tablet') ||
    ((text === '3' || text === '6') && (read === 'console' || read === 'set_top_box'));
  return knowsBetter ? read : OPENRTB_TYPES[text]!;
}

function systemOf(text: string): string | null {
  const key = text.trim().toLowerCase();
  return Object.hasOwn(SYSTEMS, key) ? SYSTEMS[key]! : printable(text);
}

function printable(text: string): string | null {
  const trimmed = text.trim();
  return PRINTABLE.test(trimmed) ? trimmed : null;
}
