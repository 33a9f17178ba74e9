import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ad, CreativeResources, InlineCreative, TrackingEvent, VastDocument } from './model.ts';
import { parseVast } from './parse.ts';
import { serializeVast } from './serialize.ts';
import { hasTrackingEvent, TRACKING_EVENTS } from './tracking-events.ts';
import { VAST_VERSIONS } from './version.ts';
import { trimXml, type XmlElement } from './xml/element.ts';

/*
 * Any document the model can hold, with text as nasty as XML allows, means the same after it was written and
 * read. 4.3 carries everything; what an earlier version carries must settle after one pass.
 */

const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom(']]>', '<', '&', '&amp;', '"', "'", '<![CDATA[', '\r', '\n', ' ', 'a'))
      .map((l) => l.join('')),
  )
  .map((value) => trimXml(value) || 'x')
  .filter((value) => !FORBIDDEN.test(value));
const url = fc.oneof(fc.webUrl({ withQueryParameters: true }), text);
const urls = fc.array(url, { minLength: 1, maxLength: 3 });
const whole = fc.nat({ max: 100_000 });
const ms = fc.integer({ min: 0, max: 86_399_999 });
const offset = fc.oneof(
  fc.record({ ms }),
  fc.integer({ min: 0, max: 1_000 }).map((n) => ({ percent: n / 10 })),
);
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 3 });

/** Every key but the required ones may be absent. */
function partly<T>(
  model: { [K in keyof T]: fc.Arbitrary<T[K]> },
  requiredKeys: (keyof T)[],
): fc.Arbitrary<T> {
  return fc.record(model, { requiredKeys: requiredKeys as never }) as fc.Arbitrary<T>;
}

const identifiedUrl = partly({ url, id: text }, ['url']);
const trackingEvent: fc.Arbitrary<TrackingEvent> = partly(
  {
    event: fc.constantFrom(...Object.keys(TRACKING_EVENTS).filter((event) => hasTrackingEvent(event, '4.3'))),
    url,
    offset,
  },
  ['event', 'url'],
);
const resources: { [K in keyof Required<CreativeResources>]: fc.Arbitrary<never> } = {
  staticResources: some(fc.record({ url, creativeType: fc.option(text) })) as fc.Arbitrary<never>,
  iframeResources: urls as unknown as fc.Arbitrary<never>,
  htmlResources: urls as unknown as fc.Arbitrary<never>,
};
const adParameters = partly({ value: text, xmlEncoded: fc.boolean() }, ['value']);
const node: fc.Arbitrary<XmlElement> = fc.record({
  name: fc.constantFrom('Deal', 'x:Info', 'note-1'),
  attributes: fc.dictionary(fc.constantFrom('id', 'kind'), text, { noNullPrototype: true }),
  children: fc.oneof(
    fc.constant([]),
    text.map((value) => [value]),
  ),
});
const extension = partly({ type: text, nodes: fc.array(node, { maxLength: 2 }) }, ['nodes']);
const file = {
  url,
  delivery: fc.option(fc.constantFrom('progressive' as const, 'streaming' as const)),
  type: fc.option(text),
  width: fc.option(whole),
  height: fc.option(whole),
  id: text,
  codec: text,
  fileSizeBytes: whole,
  mediaType: text,
};
const FILE_KEYS = ['url', 'delivery', 'type', 'width', 'height'];
const icon = partly(
  {
    program: text,
    width: whole,
    height: whole,
    xPosition: fc.constantFrom('left', '10'),
    yPosition: fc.constantFrom('top', '10'),
    offsetMs: ms,
    durationMs: ms,
    apiFramework: text,
    pxRatio: whole.map((n) => n / 4),
    altText: text,
    hoverText: text,
    ...resources,
    clickThroughUrl: url,
    clickTracking: some(identifiedUrl),
    clickFallbackImages: some(partly({ url, altText: text, width: whole, height: whole }, [])),
    viewTrackingUrls: urls,
  },
  [],
);
const videoClicks = fc.oneof(
  partly(
    { clickThrough: identifiedUrl, clickTracking: some(identifiedUrl), customClicks: some(identifiedUrl) },
    ['clickThrough'],
  ),
  fc.record({ clickTracking: some(identifiedUrl) }),
);
const base = { skipOffset: offset, icons: some(icon), trackingEvents: some(trackingEvent), videoClicks };
const linear = partly(
  {
    ...base,
    durationMs: fc.option(ms),
    adParameters,
    mediaFiles: fc.array(
      partly(
        {
          ...file,
          bitrateKbps: whole,
          minBitrateKbps: whole,
          maxBitrateKbps: whole,
          scalable: fc.boolean(),
          maintainAspectRatio: fc.boolean(),
          apiFramework: text,
        },
        FILE_KEYS as never,
      ),
      { maxLength: 2 },
    ),
    mezzanines: some(partly(file, FILE_KEYS as never)),
    interactiveCreativeFiles: some(
      partly({ url, type: text, apiFramework: text, variableDuration: fc.boolean() }, ['url']),
    ),
    closedCaptionFiles: some(partly({ url, type: text, language: text }, ['url'])),
  },
  ['durationMs', 'mediaFiles'],
);
const nonLinear = partly(
  {
    width: fc.option(whole),
    height: fc.option(whole),
    id: text,
    expandedWidth: whole,
    scalable: fc.boolean(),
    minSuggestedDurationMs: ms,
    apiFramework: text,
    ...resources,
    adParameters,
    clickThroughUrl: url,
    clickTracking: some(identifiedUrl),
  },
  ['width', 'height'],
);
const companion = partly(
  {
    width: fc.option(whole),
    height: fc.option(whole),
    id: text,
    assetWidth: whole,
    expandedHeight: whole,
    adSlotId: text,
    pxRatio: whole.map((n) => n / 4),
    renderingMode: fc.constantFrom('default' as const, 'end-card' as const, 'concurrent' as const),
    ...resources,
    adParameters,
    altText: text,
    clickThroughUrl: url,
    clickTracking: some(identifiedUrl),
    extensions: some(extension),
    trackingEvents: some(trackingEvent),
  },
  ['width', 'height'],
);
const companionAds = partly(
  {
    required: fc.constantFrom('all' as const, 'any' as const, 'none' as const),
    companions: fc.array(companion, { maxLength: 2 }),
  },
  ['companions'],
);
const creativeKeys = { id: text, sequence: whole, adId: text, apiFramework: text, companionAds };
const inlineCreative = partly(
  {
    ...creativeKeys,
    linear,
    nonLinearAds: partly({ trackingEvents: some(trackingEvent), nonLinears: some(nonLinear) }, []),
    extensions: some(extension),
    universalAdIds: some(fc.record({ idRegistry: fc.option(text), value: text })),
  },
  [],
) as fc.Arbitrary<InlineCreative>;
const common = {
  id: text,
  sequence: whole,
  conditionalAd: fc.boolean(),
  adType: fc.constantFrom('video' as const, 'audio' as const, 'hybrid' as const),
  adSystem: fc.option(partly({ name: text, version: text }, ['name'])),
  impressions: fc.array(identifiedUrl, { maxLength: 2 }),
  errorUrls: urls,
  pricing: fc.record({
    model: fc.constantFrom('cpm', 'cpv'),
    currency: fc.constant('USD'),
    amountMicros: fc.nat(),
  }),
  viewableImpression: partly({ id: text, viewable: urls, notViewable: urls, viewUndetermined: urls }, []),
  adVerifications: some(
    partly(
      {
        vendor: fc.option(text),
        javaScriptResources: some(
          partly({ url, apiFramework: text, browserOptional: fc.boolean() }, ['url']),
        ),
        executableResources: some(partly({ url, apiFramework: text, type: text }, ['url'])),
        verificationParameters: text,
        trackingEvents: some(fc.record({ event: fc.constant('verificationNotExecuted'), url })),
      },
      ['vendor'],
    ),
  ),
  extensions: some(extension),
};
const category = fc.record({ code: text, authority: fc.option(text) });
const inline = partly<Record<string, unknown>>(
  {
    kind: fc.constant('inline'),
    ...common,
    adTitle: fc.option(text),
    adServingId: text,
    description: text,
    advertiser: text,
    advertiserId: text,
    categories: some(category),
    expiresSeconds: whole,
    survey: partly({ url, type: text }, ['url']),
    creatives: fc.array(inlineCreative, { maxLength: 2 }),
  },
  ['kind', 'adSystem', 'impressions', 'adTitle', 'creatives'],
).map(({ advertiserId, ...ad }) =>
  // The id is an attribute of the name: it cannot be without it.
  ad.advertiser === undefined || advertiserId === undefined ? ad : { ...ad, advertiserId },
);
const wrapper = partly(
  {
    kind: fc.constant('wrapper'),
    ...common,
    vastAdTagUri: fc.option(url),
    followAdditionalWrappers: fc.boolean(),
    allowMultipleAds: fc.boolean(),
    fallbackOnNoAd: fc.boolean(),
    blockedAdCategories: some(category),
    creatives: some(partly({ ...creativeKeys, linear: partly(base, []) }, [])),
  },
  ['kind', 'adSystem', 'impressions', 'vastAdTagUri'],
);
const document = fc.oneof(
  some(fc.oneof(inline, wrapper)).map(
    (ads): VastDocument => ({ version: '4.3', ads: ads as unknown as Ad[] }),
  ),
  urls.map((errorUrls): VastDocument => ({ version: '4.3', ads: [], errorUrls })),
);

describe('a document', () => {
  it('means the same after writing and reading', () => {
    fc.assert(
      fc.property(document, fc.boolean(), (original, indent) => {
        const { xml, dropped } = serializeVast(original, { indent });
        expect(dropped).toEqual([]);
        expect(parseVast(xml)).toEqual({ ok: true, document: original, notes: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('settles after one pass in any version: what is left is carried completely', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(...VAST_VERSIONS), (original, version) => {
        const once = parseVast(serializeVast(original, { version }).xml);
        if (!once.ok) throw new Error(once.message);
        expect(once.notes).toEqual([]);
        const { xml, dropped } = serializeVast(once.document);
        expect(dropped).toEqual([]);
        expect(parseVast(xml)).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });
});
