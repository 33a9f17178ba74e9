import {
  type PrivacyDecision,
  type PrivacyPolicy,
  type PrivacySignals,
  readPrivacy,
  UNRESTRICTED,
} from '@cuepoint/consent';
import { type ClientHints, type Device, type DeviceType, readDevice } from '@cuepoint/decisioning';
import { BoundedCache } from '../../../kernel/bounded-cache.ts';
import type { PlayerRequest } from '../listener/exchange.ts';
import type { Address } from './address.ts';
import { type Place, type PlacePart, readPart } from './geo.ts';
import { IdentityKeys } from './identity.ts';
import type { ViewerParams } from './params.ts';
import { Proxies } from './proxies.ts';
import { Viewer, type ViewerContext } from './viewer.ts';

/** Knows places of addresses, such as `GeoDatabase`. */
export interface PlaceSource {
  lookup(address: Address): Place;
}

export interface ViewerReaderOptions {
  /** Headers in which a named proxy states each part of the viewer's place. */
  readonly geoHeaders?: Partial<Readonly<Record<PlacePart, string>>>;
  readonly places?: PlaceSource;
  /** Keys of identities; by default some that live as long as this process. */
  readonly keys?: IdentityKeys;
}

/** What content delivery networks call the parts of a viewer's place, by the name that a setting has for them. */
export const GEO_HEADERS = {
  // Amazon CloudFront, "Headers for determining the viewer's location".
  cloudfront: {
    country: 'CloudFront-Viewer-Country',
    region: 'CloudFront-Viewer-Country-Region',
    city: 'CloudFront-Viewer-City',
    postal: 'CloudFront-Viewer-Postal-Code',
    dma: 'CloudFront-Viewer-Metro-Code',
  },
} as const satisfies Record<string, Readonly<Record<PlacePart, string>>>;
export type GeoHeaderSource = keyof typeof GEO_HEADERS;

/** The two facts of a request without parameters. */
export interface PlainViewer {
  readonly device: DeviceType;
  readonly country: string | null;
}

const MAX_AGENT = 512;
const MAX_PRIVACY_KEY = 4096;

/**
 * Reads viewers of ad requests. Headers that speak for somebody else (`X-Device-User-Agent`, `X-Device-IP`, place
 * headers, `X-Forwarded-*`) are believed only from the proxies an operator named. It keeps nothing of a viewer but
 * bounded caches of what texts mean.
 */
export class ViewerReader {
  readonly proxies: Proxies;
  readonly places: PlaceSource | undefined;
  readonly keys: IdentityKeys;
  readonly #geoHeaders: Readonly<Record<PlacePart, string | undefined>>;
  readonly #devices = new BoundedCache<string, Device>(4096);
  readonly #decisions = new BoundedCache<string, PrivacyDecision>(2048);
  readonly #policies = new WeakMap<PrivacyPolicy, number>();
  #policyCount = 0;

  /** `countryHeader` is short for `geoHeaders.country`. @throws when a range is not CIDR notation, or a header no name. */
  constructor(
    trustedProxies: readonly string[],
    countryHeader?: string | undefined,
    options: ViewerReaderOptions = {},
  ) {
    this.proxies = new Proxies(trustedProxies);
    const headers = {
      ...options.geoHeaders,
      ...(countryHeader === undefined ? {} : { country: countryHeader }),
    };
    const nameOf = (part: PlacePart): string | undefined => {
      const name = headers[part];
      if (name !== undefined && !/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(name))
        throw new RangeError(`"${name}" is no name of a header; accepted: letters, digits and hyphens.`);
      return name?.toLowerCase();
    };
    this.#geoHeaders = {
      country: nameOf('country'),
      region: nameOf('region'),
      city: nameOf('city'),
      postal: nameOf('postal'),
      dma: nameOf('dma'),
    };
    this.places = options.places;
    this.keys = options.keys ?? IdentityKeys.random();
  }

  /** Device class and country as a proxy states it. */
  read(request: PlayerRequest): PlainViewer;
  /** The viewer of one request; each part is read when it is asked for. */
  read(request: PlayerRequest, params: ViewerParams, context: ViewerContext): Viewer;
  read(request: PlayerRequest, params?: ViewerParams, context?: ViewerContext): PlainViewer | Viewer {
    if (params !== undefined && context !== undefined) return new Viewer(this, request, params, context);
    const isTrusted = this.isTrusted(request);
    return {
      device: this.device(request, isTrusted, undefined).type,
      country: isTrusted ? this.statedPart(request, 'country') : null,
    };
  }

  /** True when the peer is one of the named proxies; looked up once a connection. */
  isTrusted(request: PlayerRequest): boolean {
    return this.proxies.isTrusted(request);
  }

  /** The device by its headers; `stated` is the agent that a trusted asker states for it. */
  device({ headers }: PlayerRequest, isPeerTrusted: boolean, stated: string | undefined): Device {
    const forwarded = isPeerTrusted ? text(headers['x-device-user-agent']) : undefined;
    const agent = stated ?? forwarded ?? headers['user-agent'] ?? '';
    // The hints are the asker's own, as is its User-Agent.
    const isOwn = stated === undefined && forwarded === undefined;
    const hints = isOwn && headers['sec-ch-ua-platform'] !== undefined ? hintsOf(headers) : undefined;
    // A stated agent may hold a line break, which would make the key of another one.
    if (agent.length > MAX_AGENT || agent.indexOf('\n') >= 0) return readDevice(agent, hints);
    const key =
      hints === undefined
        ? agent
        : `${agent}\n${hints.platform ?? ''}\n${hints.platformVersion ?? ''}\n${hints.model ?? ''}\n${hints.mobile ?? ''}`;
    let device = this.#devices.get(key);
    if (device === undefined) {
      device = readDevice(agent, hints);
      if (key.length <= 2 * MAX_AGENT) this.#devices.set(key, device);
    }
    return device;
  }

  /** One part of the place as the peer's header states it; the caller knows that the peer is a named proxy. */
  statedPart({ headers }: PlayerRequest, part: PlacePart): string | null {
    const name = this.#geoHeaders[part];
    const value = name === undefined ? undefined : text(headers[name]);
    return value === undefined ? null : readPart(part, value);
  }

  /** All parts of it. */
  statedPlace(request: PlayerRequest): Place {
    return {
      country: this.statedPart(request, 'country'),
      region: this.statedPart(request, 'region'),
      city: this.statedPart(request, 'city'),
      postal: this.statedPart(request, 'postal'),
      dma: this.statedPart(request, 'dma'),
    };
  }

  /** The decision for these signals, from the cache when they were seen before. */
  privacy(signals: PrivacySignals, policy: PrivacyPolicy): PrivacyDecision {
    const { gdpr, gdprConsent, usPrivacy, gpp, gppSid, coppa, lmt, gpc, country } = signals;
    const where = country === null ? 'u' : policy.gdprCountries.has(country) ? 'g' : 'o';
    const isPlain =
      gdpr === undefined && gdprConsent === undefined && gpp === undefined && gppSid === undefined;
    if (isPlain && where === 'o' && usPrivacy === undefined && gpc === undefined) {
      const isFree = (coppa === undefined || coppa === '0') && (lmt === undefined || lmt === '0');
      if (isFree) return UNRESTRICTED;
    }
    // The separator of the key is in no signal that can be read: one that holds it must not pass for two.
    const key = `${this.#policyNumber(policy)}${where}\n${gdpr ?? ''}\n${coppa ?? ''}\n${lmt ?? ''}\n${gpc ?? ''}\n${usPrivacy ?? ''}\n${gppSid ?? ''}\n${gdprConsent ?? ''}\n${gpp ?? ''}`;
    if (lineBreaks(key) !== 8 || gdpr === '' || coppa === '' || lmt === '' || gpc === '' || usPrivacy === '')
      return readPrivacy(signals, policy);
    if (gppSid === '' || gdprConsent === '' || gpp === '') return readPrivacy(signals, policy);
    if (key.length > MAX_PRIVACY_KEY) return readPrivacy(signals, policy);
    let decision = this.#decisions.get(key);
    if (decision === undefined) {
      decision = readPrivacy(signals, policy);
      this.#decisions.set(key, decision);
    }
    return decision;
  }

  #policyNumber(policy: PrivacyPolicy): number {
    let number = this.#policies.get(policy);
    if (number === undefined) {
      number = this.#policyCount++;
      this.#policies.set(policy, number);
    }
    return number;
  }
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** A header that came once; node joins or lists those that came more often. */
const text = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

const hintsOf = (headers: PlayerRequest['headers']): ClientHints => ({
  platform: hint(headers['sec-ch-ua-platform']),
  platformVersion: hint(headers['sec-ch-ua-platform-version']),
  model: hint(headers['sec-ch-ua-model']),
  mobile: hint(headers['sec-ch-ua-mobile']),
});

const hint = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header.length <= 64 ? header : undefined;
