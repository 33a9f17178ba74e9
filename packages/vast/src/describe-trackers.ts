import { CARRIERS } from './carry.ts';
import { childPaths } from './fit.ts';
import { findMacros } from './macros.ts';
import type { Ad, VastDocument } from './model.ts';
import { documentToTree } from './to-tree.ts';
import { URL_ELEMENTS, type UrlRole } from './url-elements.ts';
import { isElement, localName, textOf, type XmlElement } from './xml/element.ts';

/** What a URL of a document is for. */
export type TrackerKind =
  | 'impression'
  | 'viewable'
  | 'error'
  | 'no-ad'
  | 'quartile'
  | 'event'
  | 'click-tracking'
  | 'custom-click'
  | 'click-through'
  | 'media'
  | 'mezzanine'
  | 'caption'
  | 'interactive'
  | 'verification-script'
  | 'verification-not-executed'
  | 'wrapped-tag'
  | 'icon'
  | 'icon-view'
  | 'overlay'
  | 'companion'
  | 'survey';

/** One URL of a document, as a row of a table. */
export interface TrackerRow {
  readonly kind: TrackerKind;
  /** How the URL is used. */
  readonly role: UrlRole;
  readonly url: string;
  /** Event of a tracker, as written; for viewability the verdict. */
  readonly event?: string;
  /** `Tracking@offset`, as written. */
  readonly offset?: string;
  /** Id of the URL, such as `Impression@id`. */
  readonly id?: string;
  /** Elements from the root, as `lintVast` names them in the serialised document. */
  readonly path: string;
  readonly adId?: string;
  readonly adSequence?: number;
  readonly adKind?: Ad['kind'];
  /** Part of the ad it belongs to; absent for what belongs to the whole ad. */
  readonly part?: 'linear' | 'non-linear' | 'companion' | 'icon' | 'verification';
  /** `Verification@vendor`. */
  readonly vendor?: string;
  /** Wrappers before the document, as the caller counts them. */
  readonly hop: number;
  /** Names of the macros in it, standard or not, each once. */
  readonly macros: readonly string[];
  /** Called over https, or not called over the network at all. */
  readonly isSecure: boolean;
}

const KINDS: Readonly<Record<string, TrackerKind>> = {
  Impression: 'impression',
  Viewable: 'viewable',
  NotViewable: 'viewable',
  ViewUndetermined: 'viewable',
  Error: 'error',
  Tracking: 'event',
  ClickTracking: 'click-tracking',
  IconClickTracking: 'click-tracking',
  NonLinearClickTracking: 'click-tracking',
  CompanionClickTracking: 'click-tracking',
  CustomClick: 'custom-click',
  ClickThrough: 'click-through',
  IconClickThrough: 'click-through',
  NonLinearClickThrough: 'click-through',
  CompanionClickThrough: 'click-through',
  MediaFile: 'media',
  Mezzanine: 'mezzanine',
  ClosedCaptionFile: 'caption',
  InteractiveCreativeFile: 'interactive',
  JavaScriptResource: 'verification-script',
  ExecutableResource: 'verification-script',
  VASTAdTagURI: 'wrapped-tag',
  IconViewTracking: 'icon-view',
  Survey: 'survey',
};
const PARTS: Readonly<Record<string, TrackerRow['part']>> = {
  Linear: 'linear',
  NonLinearAds: 'non-linear',
  Companion: 'companion',
  Icon: 'icon',
  Verification: 'verification',
};
const RESOURCE_KINDS: Readonly<Record<string, TrackerKind>> = {
  icon: 'icon',
  'non-linear': 'overlay',
  companion: 'companion',
};
const QUARTILES = new Set(['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete']);
const VERDICTS: Readonly<Record<string, string>> = {
  Viewable: 'viewable',
  NotViewable: 'notViewable',
  ViewUndetermined: 'viewUndetermined',
};

type Surroundings = Pick<TrackerRow, 'hop' | 'adId' | 'adSequence' | 'adKind' | 'part' | 'vendor'>;

/**
 * Every URL of a document, ad by ad: what an inspector shows and a merged table of a chain is made of.
 * URLs inside other people's extensions, HTML and parameters are not looked for.
 * @param hop number of wrappers before the document, for the rows of a chain; 0 by default
 */
export function describeTrackers(
  document: VastDocument,
  { hop = 0 }: { readonly hop?: number } = {},
): TrackerRow[] {
  // Not fitted to the version: what a sloppy document says beyond it is called by lenient players all the same.
  const tree = documentToTree(document, document.version);
  const rows: TrackerRow[] = [];
  walk(tree, tree.name, { hop }, rows);
  return rows;
}

function walk(node: XmlElement, path: string, around: Surroundings, rows: TrackerRow[]): void {
  const name = localName(node.name);
  const role = URL_ELEMENTS.get(name);
  const url = role === undefined ? '' : textOf(node);
  if (role !== undefined && url !== '') rows.push(describe(node, name, role, url, path, around));
  const foreign = name === 'Extension' || name === 'CreativeExtension';
  if (foreign && !CARRIERS.some((carrier) => carrier === node.attributes.type)) return;
  const inside = surroundings(node, name, around);
  for (const [child, childPath] of childPaths(node, path)) walk(child, childPath, inside, rows);
}

function surroundings(node: XmlElement, name: string, around: Surroundings): Surroundings {
  if (name === 'Ad') {
    const { id, sequence } = node.attributes;
    const isWrapper = node.children.some((child) => isElement(child) && localName(child.name) === 'Wrapper');
    return {
      hop: around.hop,
      adKind: isWrapper ? 'wrapper' : 'inline',
      ...(id === undefined ? {} : { adId: id }),
      ...(sequence === undefined ? {} : { adSequence: Number(sequence) }),
    };
  }
  const part = PARTS[name];
  if (part === undefined) return around;
  const { vendor } = node.attributes;
  return { ...around, part, ...(vendor === undefined ? {} : { vendor }) };
}

function describe(
  node: XmlElement,
  name: string,
  role: UrlRole,
  url: string,
  path: string,
  around: Surroundings,
): TrackerRow {
  const { id, offset } = node.attributes;
  const event = node.attributes.event ?? VERDICTS[name];
  return {
    kind: kindOf(name, event, around),
    role,
    url,
    ...(event === undefined ? {} : { event }),
    ...(offset === undefined ? {} : { offset }),
    ...(id === undefined ? {} : { id }),
    path,
    ...around,
    macros: findMacros(url).map((macro) => macro.name),
    isSecure: !/^(?:http:)?\/\//i.test(url),
  };
}

function kindOf(name: string, event: string | undefined, { part, adKind }: Surroundings): TrackerKind {
  if (name === 'Error' && adKind === undefined) return 'no-ad';
  if (event === 'verificationNotExecuted') return 'verification-not-executed';
  if (name === 'Tracking' && part === 'linear' && QUARTILES.has(event ?? '')) return 'quartile';
  return KINDS[name] ?? RESOURCE_KINDS[part ?? ''] ?? 'media';
}
