import { creativesToTree } from './creative-tree.ts';
import { formatMicros } from './decimal.ts';
import type { Ad, AdVerification, Category, InlineAd, VastDocument, WrapperAd } from './model.ts';
import { container, extensions, identified, leaf, leaves, show, text, trackingEvents } from './tree-parts.ts';
import { isAtLeast, VAST_NAMESPACE, type VastVersion } from './version.ts';
import { element, type XmlElement } from './xml/element.ts';

/** Extension type under which AdVerifications travel before 4.1 (IAB Tech Lab, OMID with earlier versions of VAST). */
export const VERIFICATION_EXTENSION = 'AdVerifications';

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
export function adToTree(ad: Ad, version: VastVersion): XmlElement {
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
    ...commonToTree(ad, version),
    ...leaf('AdServingId', ad.adServingId),
    ...leaf('AdTitle', ad.adTitle),
    ...leaf('Advertiser', ad.advertiser),
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
    ...commonToTree(ad, version),
    ...categories('BlockedAdCategories', ad.blockedAdCategories),
    ...creativesToTree(ad.creatives, version, !isAtLeast(version, '4.0')),
    ...leaf('VASTAdTagURI', ad.vastAdTagUri),
  ]);
}

function commonToTree(ad: Ad, version: VastVersion): XmlElement[] {
  const verifications = container('AdVerifications', (ad.adVerifications ?? []).map(verificationToTree));
  const native = isAtLeast(version, '4.1');
  const carried =
    native || verifications.length === 0 ? [] : [{ type: VERIFICATION_EXTENSION, nodes: verifications }];
  const { pricing, viewableImpression: viewable } = ad;
  return [
    ...(ad.adSystem ? [element('AdSystem', { version: ad.adSystem.version }, text(ad.adSystem.name))] : []),
    ...leaves('Error', ad.errorUrls),
    ...extensions('Extensions', [...carried, ...(ad.extensions ?? [])]),
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
    ...(native ? verifications : []),
  ];
}

function verificationToTree(verification: AdVerification): XmlElement {
  return element('Verification', { vendor: verification.vendor ?? undefined }, [
    ...(verification.executableResources ?? []).map(({ url, apiFramework, type }) =>
      element('ExecutableResource', { apiFramework, type }, text(url)),
    ),
    ...(verification.javaScriptResources ?? []).map(({ url, apiFramework, browserOptional }) =>
      element('JavaScriptResource', { apiFramework, browserOptional: show(browserOptional) }, text(url)),
    ),
    ...trackingEvents(verification.trackingEvents),
    ...leaf('VerificationParameters', verification.verificationParameters),
  ]);
}

function categories(name: string, list: readonly Category[] | undefined): XmlElement[] {
  return (list ?? []).map(({ code, authority }) =>
    element(name, { authority: authority ?? undefined }, text(code)),
  );
}
