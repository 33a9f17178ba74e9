import type {
  Companion,
  CompanionAds,
  InlineCreative,
  NonLinear,
  NonLinearAds,
  UniversalAdId,
  WrapperCreative,
} from './model.ts';
import { readInlineLinear, readWrapperLinear } from './read-linear.ts';
import {
  readAdParameters,
  readExtensions,
  readIdentified,
  readResources,
  readTrackingEvents,
} from './read-parts.ts';
import { said, type TreeReader } from './tree-reader.ts';

/** The creatives of an inline ad. */
export function readInlineCreatives(reader: TreeReader): InlineCreative[] {
  return readCreatives(reader, (creative, common) => {
    const linear = creative.child('Linear');
    return said<InlineCreative>({
      ...common(linear),
      linear: linear && readInlineLinear(linear),
      universalAdIds: readUniversalAdIds(creative),
    });
  });
}

/** The creatives of a wrapper. */
export function readWrapperCreatives(reader: TreeReader): WrapperCreative[] {
  return readCreatives(reader, (creative, common) => {
    const linear = creative.child('Linear');
    return said<WrapperCreative>({ ...common(linear), linear: linear && readWrapperLinear(linear) });
  });
}

type Common = (linear: TreeReader | undefined) => Omit<WrapperCreative, 'linear'>;

function readCreatives<T>(reader: TreeReader, read: (creative: TreeReader, common: Common) => T): T[] {
  const container = reader.child('Creatives');
  if (!container) return [];
  const creatives = container.children('Creative').map((creative) => {
    const result = read(creative, (linear) => readCommon(creative, linear));
    creative.done();
    return result;
  });
  container.done();
  return creatives;
}

function readCommon(creative: TreeReader, linear: TreeReader | undefined): Omit<WrapperCreative, 'linear'> {
  const nonLinearAds = creative.child('NonLinearAds');
  const companionAds = creative.child('CompanionAds');
  return said<Omit<WrapperCreative, 'linear'>>({
    id: creative.attribute('id'),
    sequence: creative.integer('sequence'),
    adId: creative.attribute('adId', 'AdID', 'adID'),
    apiFramework: creative.attribute('apiFramework'),
    nonLinearAds: nonLinearAds && readNonLinearAds(nonLinearAds),
    companionAds: companionAds && readCompanionAds(companionAds),
    // 3.0 has them inside Linear, later versions beside it.
    extensions: [
      ...readExtensions(creative, 'CreativeExtensions'),
      ...(linear ? readExtensions(linear, 'CreativeExtensions') : []),
    ],
  });
}

function readUniversalAdIds(creative: TreeReader): UniversalAdId[] {
  return creative.children('UniversalAdId').map(readUniversalAdId);
}

/** One identifier. 4.0 says its value twice, and later versions tell players to believe the text. */
export function readUniversalAdId(child: TreeReader): UniversalAdId {
  const idValue = child.attribute('idValue')?.trim();
  const idRegistry = child.attribute('idRegistry') ?? null;
  const text = child.text();
  if (text !== '' && idValue !== undefined && idValue !== text)
    child.note('@idValue', `"${idValue.slice(0, 80)}" differs from the text, which counts; it was left out`);
  child.done();
  return { idRegistry, value: text || (idValue ?? '') };
}

function readNonLinearAds(reader: TreeReader): NonLinearAds {
  const ads = said<NonLinearAds>({
    trackingEvents: readTrackingEvents(reader),
    nonLinears: reader.children('NonLinear').map(readNonLinear),
  });
  reader.done();
  return ads;
}

function readNonLinear(reader: TreeReader): NonLinear {
  const overlay = said<NonLinear>({
    id: reader.attribute('id'),
    width: reader.integer('width') ?? null,
    height: reader.integer('height') ?? null,
    expandedWidth: reader.integer('expandedWidth'),
    expandedHeight: reader.integer('expandedHeight'),
    scalable: reader.flag('scalable'),
    maintainAspectRatio: reader.flag('maintainAspectRatio'),
    minSuggestedDurationMs: reader.time('minSuggestedDuration'),
    apiFramework: reader.attribute('apiFramework'),
    ...readResources(reader),
    adParameters: readAdParameters(reader),
    clickThroughUrl: reader.firstUrl('NonLinearClickThrough'),
    clickTracking: readIdentified(reader, 'NonLinearClickTracking'),
    extensions: readExtensions(reader, 'CreativeExtensions'),
  });
  reader.done();
  return overlay;
}

function readCompanionAds(reader: TreeReader): CompanionAds {
  const required = reader.oneOf('required', ['all', 'any', 'none']);
  const companions = reader.children('Companion').map(readCompanion);
  reader.done();
  return required === undefined ? { companions } : { required, companions };
}

function readCompanion(reader: TreeReader): Companion {
  const companion = said<Companion>({
    id: reader.attribute('id'),
    width: reader.integer('width') ?? null,
    height: reader.integer('height') ?? null,
    assetWidth: reader.integer('assetWidth'),
    assetHeight: reader.integer('assetHeight'),
    expandedWidth: reader.integer('expandedWidth'),
    expandedHeight: reader.integer('expandedHeight'),
    apiFramework: reader.attribute('apiFramework'),
    adSlotId: reader.attribute('adSlotId', 'adSlotID'),
    pxRatio: reader.decimal('pxratio'),
    renderingMode: reader.oneOf('renderingMode', ['default', 'end-card', 'concurrent']),
    ...readResources(reader),
    adParameters: readAdParameters(reader),
    altText: reader.childText('AltText'),
    clickThroughUrl: reader.firstUrl('CompanionClickThrough'),
    clickTracking: readIdentified(reader, 'CompanionClickTracking'),
    extensions: readExtensions(reader, 'CreativeExtensions'),
    trackingEvents: readTrackingEvents(reader),
  });
  reader.done();
  return companion;
}
