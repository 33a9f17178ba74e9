import { linearToTree } from './linear-tree.ts';
import type {
  Companion,
  CompanionAds,
  InlineCreative,
  NonLinear,
  NonLinearAds,
  WrapperCreative,
} from './model.ts';
import { universalAdIdToTree } from './part-trees.ts';
import { formatTime } from './time.ts';
import {
  adIdAttribute,
  adParameters,
  container,
  extensions,
  identified,
  leaf,
  resources,
  show,
  trackingEvents,
} from './tree-parts.ts';
import { isAtLeast, type VastVersion } from './version.ts';
import { element, type XmlElement } from './xml/element.ts';

/**
 * One creative as one element, or as several before 4.0, where a Creative holds only one of linear,
 * non-linear and companions.
 */
export function creativeToTree(
  creative: InlineCreative | WrapperCreative,
  version: VastVersion,
): XmlElement[] {
  const universal: InlineCreative['universalAdIds'] =
    'universalAdIds' in creative ? (creative.universalAdIds ?? []) : [];
  const modern = isAtLeast(version, '4.0');
  const attributes = {
    id: creative.id,
    sequence: show(creative.sequence),
    [adIdAttribute(version)]: creative.adId,
    apiFramework: creative.apiFramework,
  };
  const parts = [
    ...(creative.linear ? [linearToTree(creative.linear, modern ? undefined : creative.extensions)] : []),
    ...(creative.companionAds ? [companionAdsToTree(creative.companionAds, version)] : []),
    ...(creative.nonLinearAds ? [nonLinearAdsToTree(creative.nonLinearAds)] : []),
  ];
  if (!modern && parts.length > 1) return parts.map((part) => element('Creative', attributes, [part]));
  return [
    element('Creative', attributes, [
      ...parts,
      ...(modern || !creative.linear ? extensions('CreativeExtensions', creative.extensions) : []),
      ...universal.map((id) => universalAdIdToTree(id, version === '4.0')),
    ]),
  ];
}

function nonLinearAdsToTree(ads: NonLinearAds): XmlElement {
  return element('NonLinearAds', {}, [
    ...trackingEvents(ads.trackingEvents),
    ...(ads.nonLinears ?? []).map(nonLinearToTree),
  ]);
}

function nonLinearToTree(overlay: NonLinear): XmlElement {
  const attributes = {
    id: overlay.id,
    width: show(overlay.width),
    height: show(overlay.height),
    expandedWidth: show(overlay.expandedWidth),
    expandedHeight: show(overlay.expandedHeight),
    scalable: show(overlay.scalable),
    maintainAspectRatio: show(overlay.maintainAspectRatio),
    minSuggestedDuration:
      overlay.minSuggestedDurationMs === undefined ? undefined : formatTime(overlay.minSuggestedDurationMs),
    apiFramework: overlay.apiFramework,
  };
  return element('NonLinear', attributes, [
    ...resources(overlay),
    ...adParameters(overlay.adParameters),
    ...leaf('NonLinearClickThrough', overlay.clickThroughUrl),
    ...identified('NonLinearClickTracking', overlay.clickTracking),
    ...extensions('CreativeExtensions', overlay.extensions),
  ]);
}

function companionAdsToTree(ads: CompanionAds, version: VastVersion): XmlElement {
  const children = ads.companions.map((companion) => companionToTree(companion, version));
  return element('CompanionAds', { required: ads.required }, children);
}

function companionToTree(companion: Companion, version: VastVersion): XmlElement {
  const attributes = {
    id: companion.id,
    width: show(companion.width),
    height: show(companion.height),
    assetWidth: show(companion.assetWidth),
    assetHeight: show(companion.assetHeight),
    expandedWidth: show(companion.expandedWidth),
    expandedHeight: show(companion.expandedHeight),
    apiFramework: companion.apiFramework,
    // The 4.0 schema spells it with a capital D; every other version does not.
    [version === '4.0' ? 'adSlotID' : 'adSlotId']: companion.adSlotId,
    pxratio: show(companion.pxRatio),
    renderingMode: companion.renderingMode,
  };
  return element('Companion', attributes, [
    ...resources(companion),
    ...adParameters(companion.adParameters),
    ...leaf('AltText', companion.altText),
    ...leaf('CompanionClickThrough', companion.clickThroughUrl),
    ...identified('CompanionClickTracking', companion.clickTracking),
    ...extensions('CreativeExtensions', companion.extensions),
    ...trackingEvents(companion.trackingEvents),
  ]);
}

/** The list of creatives of one ad. Wrappers before 4.0 must have it even when empty. */
export function creativesToTree(
  creatives: readonly (InlineCreative | WrapperCreative)[] | undefined,
  version: VastVersion,
  always: boolean,
): XmlElement[] {
  const children = (creatives ?? []).flatMap((creative) => creativeToTree(creative, version));
  return always ? [element('Creatives', {}, children)] : container('Creatives', children);
}
