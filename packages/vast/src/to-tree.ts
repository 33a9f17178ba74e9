import { carryInExtensions } from './carry.ts';
import { creativesToTree } from './creative-tree.ts';
import { formatMicros } from './decimal.ts';
import type { Ad, Category, InlineAd, VastDocument, WrapperAd } from './model.ts';
import { verificationsToTree } from './part-trees.ts';
import { extensions, identified, leaf, leaves, show, text } from './tree-parts.ts';
import { isAtLeast, VAST_NAMESPACE, type VastVersion } from './version.ts';
import { element, type XmlElement } from './xml/element.ts';

/** Root attributes of a version. */
export function rootAttributes(version: VastVersion): Record<string, string> {
  return isAtLeast(version, '4.0') ? { version, xmlns: VAST_NAMESPACE } : { version };
}

/** Everything a document says, in the words of `version`, neither ordered nor pruned. */
export function documentToTree(document: VastDocument, version: VastVersion): XmlElement {
  return element('VAST', rootAttributes(version), [
    ...document.ads.map((ad) => adToTree(ad, version)),
    ...leaves('Error', document.errorUrls),
  ]);
}

/** One ad in the words of `version`. */
export function adToTree(original: Ad, version: VastVersion): XmlElement {
  const ad = carryInExtensions(original, version);
  const attributes = {
    id: ad.id,
    sequence: show(ad.sequence),
    conditionalAd: show(ad.conditionalAd),
    adType: ad.adType,
  };
  return element('Ad', attributes, [
    ad.kind === 'inline' ? inlineToTree(ad, version) : wrapperToTree(ad, version),
  ]);
}

function inlineToTree(ad: InlineAd, version: VastVersion): XmlElement {
  return element('InLine', {}, [
    ...commonToTree(ad),
    ...leaf('AdServingId', ad.adServingId),
    ...leaf('AdTitle', ad.adTitle),
    ...(ad.advertiser === undefined
      ? []
      : [element('Advertiser', { id: ad.advertiserId }, text(ad.advertiser))]),
    ...categories('Category', ad.categories),
    ...creativesToTree(ad.creatives, version, true),
    ...leaf('Description', ad.description),
    ...leaf('Expires', show(ad.expiresSeconds)),
    ...(ad.survey ? [element('Survey', { type: ad.survey.type }, text(ad.survey.url))] : []),
  ]);
}

function wrapperToTree(ad: WrapperAd, version: VastVersion): XmlElement {
  const attributes = {
    followAdditionalWrappers: show(ad.followAdditionalWrappers),
    allowMultipleAds: show(ad.allowMultipleAds),
    fallbackOnNoAd: show(ad.fallbackOnNoAd),
  };
  return element('Wrapper', attributes, [
    ...commonToTree(ad),
    ...categories('BlockedAdCategories', ad.blockedAdCategories),
    ...creativesToTree(ad.creatives, version, !isAtLeast(version, '4.0')),
    ...leaf('VASTAdTagURI', ad.vastAdTagUri),
  ]);
}

function commonToTree(ad: Ad): XmlElement[] {
  const { pricing, viewableImpression: viewable } = ad;
  return [
    ...(ad.adSystem ? [element('AdSystem', { version: ad.adSystem.version }, text(ad.adSystem.name))] : []),
    ...leaves('Error', ad.errorUrls),
    ...extensions('Extensions', ad.extensions),
    ...identified('Impression', ad.impressions),
    ...(pricing
      ? [
          element('Pricing', { model: pricing.model, currency: pricing.currency }, [
            formatMicros(pricing.amountMicros),
          ]),
        ]
      : []),
    ...(viewable
      ? [
          element('ViewableImpression', { id: viewable.id }, [
            ...leaves('Viewable', viewable.viewable),
            ...leaves('NotViewable', viewable.notViewable),
            ...leaves('ViewUndetermined', viewable.viewUndetermined),
          ]),
        ]
      : []),
    ...verificationsToTree(ad.adVerifications),
  ];
}

function categories(name: string, list: readonly Category[] | undefined): XmlElement[] {
  return (list ?? []).map(({ code, authority }) =>
    element(name, { authority: authority ?? undefined }, text(code)),
  );
}
