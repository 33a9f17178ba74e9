import type { Offset } from './time.ts';
import type { XmlNode } from './xml/element.ts';

/** A URL with the optional id that trackers and clicks carry. */
export interface IdentifiedUrl {
  readonly url: string;
  readonly id?: string;
}

/** Custom XML. Nodes are kept exactly; build them with `xmlFragment`. */
export interface Extension {
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly nodes: readonly XmlNode[];
}

/** A tracker for one event. Names are those of the version the document was written for. */
export interface TrackingEvent {
  readonly event: string;
  readonly url: string;
  /** For `progress`: when to fire. */
  readonly offset?: Offset;
}

/** Data for an interactive creative. */
export interface AdParameters {
  readonly value: string;
  readonly xmlEncoded?: boolean;
}
