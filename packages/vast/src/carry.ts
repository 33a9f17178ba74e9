import { iconToTree, interactiveFileToTree, mediaFileToTree } from './linear-tree.ts';
import type { Ad, Extension, InlineAd, InlineCreative, UniversalAdId } from './model.ts';
import { universalAdIdToTree, verificationsToTree } from './part-trees.ts';
import { isAtLeast, type VastVersion } from './version.ts';
import { element, type XmlElement } from './xml/element.ts';

/*
 * What an earlier version has no element for, but an agreed extension: AdVerifications before 4.1 (IAB Tech Lab,
 * Open Measurement with earlier versions of VAST); UniversalAdId, InteractiveCreativeFile and Mezzanine before
 * 4.0 and Icon in 2.0 (IAB Tech Lab, VAST CTV Addendum 2024). In 2.0 they lie in the ad and name what they
 * belong to, in 3.0 in the creative. `lift.ts` is the way back.
 */

/** Extension types whose content is VAST and not somebody's own. */
export const CARRIERS = [
  'AdVerifications',
  'UniversalAdId',
  'InteractiveCreativeFile',
  'Mezzanine',
  'Icon',
] as const;

export type Carrier = (typeof CARRIERS)[number];

const AD_ID_REGISTRY = /^ad-?id(\.org)?$/i;

/** The same ad, with everything moved into extensions that `version` carries there. */
export function carryInExtensions(ad: Ad, version: VastVersion): Ad {
  if (isAtLeast(version, '4.1')) return ad;
  const verifications = verificationsToTree(ad.adVerifications);
  const { adVerifications: _moved, ...rest } = ad;
  const carried = verifications.map((node): Extension => ({ type: 'AdVerifications', nodes: [node] }));
  const plain = withExtensions(rest as Ad, carried);
  if (isAtLeast(version, '4.0') || plain.kind === 'wrapper') return plain;
  const named = { ...plain, creatives: plain.creatives.map(withLegacyAdId) };
  return version === '2.0' ? carryInAd(named) : { ...named, creatives: named.creatives.map(carryInCreative) };
}

function withExtensions<T extends { readonly extensions?: readonly Extension[] }>(
  holder: T,
  first: readonly Extension[],
): T {
  return first.length === 0 ? holder : { ...holder, extensions: [...first, ...(holder.extensions ?? [])] };
}

/** Before UniversalAdId existed, an Ad-ID had an attribute of its own. */
function withLegacyAdId(creative: InlineCreative): InlineCreative {
  const adId = creative.universalAdIds?.find(isAdId)?.value;
  return creative.adId !== undefined || adId === undefined ? creative : { ...creative, adId };
}

function isAdId({ idRegistry }: UniversalAdId): boolean {
  return AD_ID_REGISTRY.test(idRegistry ?? '');
}

function wrap(type: Carrier, node: XmlElement, more: Readonly<Record<string, string>> = {}): Extension {
  return { type, nodes: [element(node.name, { ...node.attributes, ...more }, node.children)] };
}

/** 3.0: extensions of the creative, which lie in its Linear. Without one the identifiers have no place. */
function carryInCreative(creative: InlineCreative): InlineCreative {
  if (!creative.linear) return withoutAdId(creative);
  const { universalAdIds = [], linear, ...rest } = creative;
  const { mezzanines = [], interactiveCreativeFiles = [], ...media } = linear;
  return withExtensions({ ...rest, linear: media }, [
    ...universalAdIds.map((id) => wrap('UniversalAdId', universalAdIdToTree(id))),
    ...interactiveCreativeFiles.map((file) => wrap('InteractiveCreativeFile', interactiveFileToTree(file))),
    ...mezzanines.map((file) => wrap('Mezzanine', mediaFileToTree('Mezzanine', file))),
  ]);
}

/** The Ad-ID that went into the attribute need not be reported as lost. */
function withoutAdId(creative: InlineCreative): InlineCreative {
  const { universalAdIds = [], ...rest } = creative;
  const lost = universalAdIds.filter((id) => !(isAdId(id) && id.value === creative.adId));
  return lost.length === 0 ? rest : { ...rest, universalAdIds: lost };
}

/** 2.0: extensions of the ad. What cannot be told apart there stays where it is, to be reported as lost. */
function carryInAd(ad: InlineAd): InlineAd {
  const carried: Extension[] = [];
  const creatives = ad.creatives.map((creative) => {
    let kept = creative;
    const creativeId = creativeReference(ad.creatives, creative);
    if (creativeId !== undefined && creative.universalAdIds) {
      const { universalAdIds, ...rest } = kept;
      carried.push(
        ...(universalAdIds ?? []).map((id) => wrap('UniversalAdId', universalAdIdToTree(id), creativeId)),
      );
      kept = rest;
    } else kept = withoutAdId(kept);
    const mediaFileId = mediaReference(ad.creatives, creative);
    if (mediaFileId === undefined || !kept.linear) return kept;
    const { mezzanines = [], interactiveCreativeFiles = [], icons = [], ...media } = kept.linear;
    const isFirst = creative === ad.creatives.find(({ linear }) => linear);
    carried.push(
      ...interactiveCreativeFiles.map((file) =>
        wrap('InteractiveCreativeFile', interactiveFileToTree(file), mediaFileId),
      ),
      ...mezzanines.map((file) => wrap('Mezzanine', mediaFileToTree('Mezzanine', file), mediaFileId)),
      ...(isFirst ? icons.map((icon) => wrap('Icon', iconToTree(icon))) : []),
    );
    return { ...kept, linear: isFirst || icons.length === 0 ? media : { ...media, icons } };
  });
  return withExtensions({ ...ad, creatives }, carried);
}

/** How the ad's extension names a creative: not at all for the first, by its id otherwise; undefined for neither. */
function creativeReference(
  creatives: readonly InlineCreative[],
  creative: InlineCreative,
): Readonly<Record<string, string>> | undefined {
  const { id } = creative;
  if (id !== undefined && creativeById(creatives, id) === creative) return { creativeId: id };
  return creatives[0] === creative ? {} : undefined;
}

/** How the ad's extension names the media it goes with, as `creativeReference` does. */
function mediaReference(
  creatives: readonly InlineCreative[],
  creative: InlineCreative,
): Readonly<Record<string, string>> | undefined {
  const linears = creatives.filter(({ linear }) => linear);
  if (linears[0] === creative && linears.length === 1) return {};
  const id = creative.linear?.mediaFiles.find(
    (file) => file.id !== undefined && creativeByMediaId(creatives, file.id) === creative,
  )?.id;
  if (id !== undefined) return { mediaFileId: id };
  return linears[0] === creative ? {} : undefined;
}

/** The creative an id means: of several, the one that plays. */
export function creativeById(creatives: readonly InlineCreative[], id: string): InlineCreative | undefined {
  const named = creatives.filter((creative) => creative.id === id);
  return named.find(({ linear }) => linear) ?? named[0];
}

/** The creative that has a media file of that id. */
export function creativeByMediaId(
  creatives: readonly InlineCreative[],
  id: string,
): InlineCreative | undefined {
  return creatives.find(({ linear }) => linear?.mediaFiles.some((file) => file.id === id));
}
