import type { PrivacyDecision, PrivacyPolicy } from '@cuepoint/consent';
import type { Device } from '@cuepoint/decisioning';
import type { PlayerRequest } from '../listener/exchange.ts';
import { type Address, formatAddress } from './address.ts';
import {
  ACCEPTED_PARTS,
  fill,
  NOWHERE,
  PLACE_PARTS,
  type Place,
  type PlacePart,
  readCountry,
  readPart,
} from './geo.ts';
import { type Identity, identityOf, isUsableId, sessionOf } from './identity.ts';
import { type IgnoredParam, ignoredParam, type ViewerParams } from './params.ts';
import type { Asker } from './proxies.ts';
import { readSegments } from './segments.ts';
import type { Hash64 } from './siphash.ts';
import { statedDevice } from './stated-device.ts';
import type { ViewerReader } from './viewer-reader.ts';

/** For whom and when a viewer is read. */
export interface ViewerContext {
  readonly accountId: string;
  readonly policy: PrivacyPolicy;
  /** Instant of the request, milliseconds since 1970. */
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;

/** The device that a server asks for. */
export interface BehindServer {
  readonly agent: string | null;
  readonly address: string | null;
  /** How the server calls itself. */
  readonly serverAgent: string | null;
}

/**
 * Who watches one ad request. Each part is read when it is first asked for, and costs nothing otherwise. Identities,
 * segments and the postal code come already as privacy allows them; the address itself stays inside.
 */
export class Viewer {
  readonly #reader: ViewerReader;
  readonly #request: PlayerRequest;
  readonly #params: ViewerParams;
  readonly #context: ViewerContext;
  readonly #ignored: IgnoredParam[] = [];
  #asker: Asker | undefined = undefined;
  #address: Address | null | undefined = undefined;
  #device: Device | undefined = undefined;
  #stated: Place | undefined = undefined;
  #country: string | null | undefined = undefined;
  #place: Place | undefined = undefined;
  #privacy: PrivacyDecision | undefined = undefined;
  #identity: Identity | undefined = undefined;
  #segments: readonly string[] | undefined = undefined;

  constructor(reader: ViewerReader, request: PlayerRequest, params: ViewerParams, context: ViewerContext) {
    this.#reader = reader;
    this.#request = request;
    this.#params = params;
    this.#context = context;
  }

  get device(): Device {
    if (this.#device !== undefined) return this.#device;
    const { isPeerTrusted, isAskerTrusted } = this.#ask();
    // Anybody may call himself what he likes, but an agent stated beside one's own is another device's.
    const agent = isAskerTrusted ? this.#params.get('ua') : undefined;
    const read = this.#reader.device(this.#request, isPeerTrusted, agent);
    this.#device = statedDevice(read, this.#params, this.#ignored);
    return this.#device;
  }

  /** Bundle or store id of the app that plays, as stated; null when there is none. */
  get appBundle(): string | null {
    const bundle = this.#params.get('bundle');
    return bundle !== undefined && /^[\w.:-]{1,128}$/.test(bundle) ? bundle : null;
  }

  /** 4 or 6; null when the address is not known. */
  get ipFamily(): 4 | 6 | null {
    return this.#addressOf()?.family ?? null;
  }

  /** Country alone: the database is asked only when neither request nor proxy states it. */
  get country(): string | null {
    if (this.#country === undefined) {
      const text = this.#params.get('country');
      this.#country =
        (text === undefined ? null : readCountry(text)) ??
        (this.#isPlacedByProxy() ? this.#reader.statedPart(this.#request, 'country') : null) ??
        // Privacy presumes by country: what the network says about a viewer whom nobody places.
        this.#databasePlace().country;
    }
    return this.#country;
  }

  /** The place by parameters, then headers of named proxies, then the database; postal code only where privacy allows. */
  get geo(): Place {
    if (this.#place === undefined) {
      const place = fill(this.#statedPlace(), this.#databasePlace());
      this.#place =
        place.postal === null || this.privacy.uses.precise_geo ? place : { ...place, postal: null };
    }
    return this.#place;
  }

  get privacy(): PrivacyDecision {
    if (this.#privacy !== undefined) return this.#privacy;
    const params = this.#params;
    const header = this.#request.headers['sec-gpc'];
    const gdpr = params.get('gdpr');
    const gdprConsent = params.get('gdpr_consent');
    this.#privacy = this.#reader.privacy(
      {
        gdpr,
        gdprConsent,
        usPrivacy: params.get('us_privacy'),
        gpp: params.get('gpp'),
        gppSid: params.get('gpp_sid'),
        coppa: params.get('coppa'),
        lmt: params.get('lmt'),
        gpc: typeof header === 'string' && header.trim() === '1' ? '1' : params.get('gpc'),
        // Asked for only where something is presumed from it.
        country: gdpr === undefined && gdprConsent === undefined ? this.country : null,
      },
      this.#context.policy,
    );
    return this.#privacy;
  }

  /** Whom frequency caps count. */
  get identity(): Identity {
    if (this.#identity !== undefined) return this.#identity;
    const { accountId, nowMs } = this.#context;
    const { type, os, make } = this.device;
    this.#identity = identityOf(
      {
        accountId,
        ifa: this.#params.get('ifa'),
        suppliedId: this.#params.get('uid'),
        sessionId: this.#params.get('sid'),
        address: this.#addressOf(),
        deviceFamily: `${type}|${os}|${make}`,
      },
      this.privacy,
      this.#reader.keys,
      Math.floor(nowMs / DAY_MS),
    );
    return this.#identity;
  }

  /** Whom requests of the same stream belong to; null when none was named, or it may not be used. */
  get session(): Hash64 | null {
    const { identity } = this;
    if (identity.kind === 'session') return identity;
    return sessionOf(this.#context.accountId, this.#params.get('sid'), this.privacy, this.#reader.keys);
  }

  /**
   * The advertising id in clear with its kind (`ifa_type`, e.g. `rida`, `aaid`), for partners that may have it; null
   * where privacy forbids it or it is none. Not for logs.
   */
  get advertisingId(): { readonly id: string; readonly type: string | null } | null {
    const id = this.#params.get('ifa');
    if (id === undefined || !this.privacy.uses.ifa || !isUsableId(id)) return null;
    const type = this.#params.get('ifa_type');
    return { id, type: type !== undefined && /^[a-z0-9_]{1,16}$/i.test(type) ? type.toLowerCase() : null };
  }

  /**
   * The device that a server asks for, as that server states it; null when nobody who is believed asks for another one.
   * For addresses of partners that may have it. Not for logs.
   */
  get behindServer(): BehindServer | null {
    const stated = this.#statedAddress();
    if (stated === undefined) return null;
    const { headers } = this.#request;
    const forwarded = headers['x-device-user-agent'];
    const address = this.#addressOf();
    return {
      agent: this.#params.get('ua') ?? (typeof forwarded === 'string' ? forwarded : null),
      address: address === null ? null : formatAddress(address),
      serverAgent: headers['user-agent'] ?? null,
    };
  }

  /** Declared segments, demographics among them; none where privacy forbids them. */
  get segments(): readonly string[] {
    this.#segments ??= this.privacy.uses.segments ? readSegments(this.#params, this.#ignored) : [];
    return this.#segments;
  }

  /** What of this viewer was read, dropped and ignored, and why. Holds no id and no address. */
  explain() {
    const { device, geo, privacy, identity, segments } = this;
    return {
      device,
      appBundle: this.appBundle,
      geo,
      ipFamily: this.ipFamily,
      segments,
      gdprApplies: privacy.gdprApplies,
      uses: privacy.uses,
      dropped: privacy.dropped,
      unreadable: privacy.unreadable,
      identity: { kind: identity.kind, passedOver: identity.passedOver },
      ignored: [...this.#params.ignored, ...this.#ignored],
    };
  }

  #ask(): Asker {
    this.#asker ??= this.#reader.proxies.ask(this.#request);
    return this.#asker;
  }

  /**
   * A server that inserts ads asks for a viewer behind it and states the address (VAST 4: header `X-Device-IP`; or the
   * parameter `ip`). It is believed only if that server is a named proxy itself.
   */
  #statedAddress(): string | undefined {
    if (!this.#ask().isAskerTrusted) return undefined;
    const header = this.#request.headers['x-device-ip'];
    return typeof header === 'string' ? header.trim() : this.#params.get('ip');
  }

  #addressOf(): Address | null {
    if (this.#address === undefined) {
      const stated = this.#statedAddress();
      const { address, isAskerTrusted } = this.#ask();
      // A named proxy is nobody's household: one that does not say for whom it asks leaves the viewer without address.
      const own = isAskerTrusted ? null : address;
      this.#address = stated === undefined ? own : this.#reader.proxies.address(stated);
      if (stated !== undefined && this.#address === null)
        this.#ignored.push(ignoredParam('ip', stated, 'an IPv4 or IPv6 address'));
    }
    return this.#address;
  }

  #databasePlace(): Place {
    const address = this.#addressOf();
    const source = this.#reader.places;
    return address === null || source === undefined ? NOWHERE : source.lookup(address);
  }

  /** Headers of a named proxy place this viewer: not those of one that stands between us and an asker for another. */
  #isPlacedByProxy(): boolean {
    const { isPeerTrusted, isForwarded } = this.#ask();
    return isPeerTrusted && !(isForwarded && this.#statedAddress() !== undefined);
  }

  /** What parameters say, and headers of a named proxy add. */
  #statedPlace(): Place {
    if (this.#stated !== undefined) return this.#stated;
    const stated = placeOf(this.#params, this.#ignored);
    this.#stated = this.#isPlacedByProxy() ? fill(stated, this.#reader.statedPlace(this.#request)) : stated;
    return this.#stated;
  }
}

/** The place that parameters state. */
function placeOf(params: ViewerParams, ignored: IgnoredParam[]): Place {
  let place: Record<PlacePart, string | null> | undefined;
  for (const part of PLACE_PARTS) {
    const text = params.get(part);
    if (text === undefined) continue;
    place ??= { country: null, region: null, city: null, postal: null, dma: null };
    place[part] = readPart(part, text);
    if (place[part] === null) ignored.push(ignoredParam(part, text, ACCEPTED_PARTS[part]));
  }
  return place ?? NOWHERE;
}
