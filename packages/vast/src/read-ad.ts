import { readMicros } from './decimal.ts';
import { liftFromExtensions, readCarried } from './lift.ts';
import type {
  Ad,
  AdCommon,
  AdVerification,
  Category,
  ExecutableResource,
  InlineAd,
  JavaScriptResource,
  Pricing,
  Survey,
  ViewableImpression,
  WrapperAd,
} from './model.ts';
import { readInlineCreatives, readWrapperCreatives } from './read-creative.ts';
import { readExtensions, readIdentified, readTrackingEvents } from './read-parts.ts';
import { said, type TreeReader } from './tree-reader.ts';
import { isAtLeast } from './version.ts';

/** One ad; undefined (and noted) for an `Ad` that is neither inline nor wrapper. */
export function readAd(reader: TreeReader): Ad | undefined {
  const inline = reader.child('InLine');
  const wrapper = inline ? undefined : reader.child('Wrapper');
  const attributes = {
    id: reader.attribute('id'),
    sequence: reader.integer('sequence'),
    conditionalAd: reader.flag('conditionalAd'),
    adType: reader.oneOf('adType', ['video', 'audio', 'hybrid']),
  };
  reader.done();
  if (inline) return readInline(inline, attributes);
  if (wrapper) return readWrapper(wrapper, attributes);
  reader.note('', 'the ad is neither InLine nor Wrapper; it was left out');
  return undefined;
}

type Unsaid<T> = { readonly [K in keyof T]: T[K] | undefined };
type AdAttributes = Unsaid<Pick<AdCommon, 'id' | 'sequence' | 'conditionalAd' | 'adType'>>;

function readInline(reader: TreeReader, attributes: AdAttributes): InlineAd {
  const ad = said<InlineAd>({
    kind: 'inline',
    ...attributes,
    ...readCommon(reader),
    adTitle: reader.childText('AdTitle') ?? null,
    adServingId: reader.childText('AdServingId'),
    description: reader.childText('Description'),
    ...readAdvertiser(reader),
    categories: readCategories(reader, 'Category'),
    expiresSeconds: readExpires(reader),
    survey: readSurvey(reader),
    creatives: readInlineCreatives(reader),
  });
  reader.done();
  const whole = { ...ad, impressions: ad.impressions ?? [], creatives: ad.creatives ?? [] };
  return liftFromExtensions(whole, reader.context.version);
}

function readWrapper(reader: TreeReader, attributes: AdAttributes): WrapperAd {
  const ad = said<WrapperAd>({
    kind: 'wrapper',
    ...attributes,
    ...readCommon(reader),
    vastAdTagUri: reader.childText('VASTAdTagURI') || null,
    followAdditionalWrappers: reader.flag('followAdditionalWrappers'),
    allowMultipleAds: reader.flag('allowMultipleAds'),
    fallbackOnNoAd: reader.flag('fallbackOnNoAd'),
    blockedAdCategories: readCategories(reader, 'BlockedAdCategories'),
    creatives: readWrapperCreatives(reader),
  });
  reader.done();
  return { ...ad, impressions: ad.impressions ?? [] };
}

function readCommon(reader: TreeReader): Unsaid<Omit<AdCommon, keyof AdAttributes>> {
  const system = reader.child('AdSystem');
  const adSystem = system
    ? said<{ name: string; version?: string }>({ name: system.text(), version: system.attribute('version') })
    : null;
  system?.done();
  const extensions = readExtensions(reader, 'Extensions');
  // Earlier versions carry verification in an extension; to the reader it is verification all the same.
  const carried = extensions.map((extension) => ({
    extension,
    verifications: isAtLeast(reader.context.version, '4.1')
      ? undefined
      : readCarried(extension, 'AdVerifications', reader.context.version, readVerificationList, {
          path: `${reader.path}/Extensions/Extension`,
          notes: reader.context.notes,
        }),
  }));
  return {
    adSystem,
    errorUrls: reader.urls('Error'),
    impressions: readIdentified(reader, 'Impression'),
    pricing: readPricing(reader),
    viewableImpression: readViewableImpression(reader),
    adVerifications: [
      ...readAdVerifications(reader),
      ...carried.flatMap(({ verifications }) => verifications ?? []),
    ],
    extensions: carried.flatMap(({ extension, verifications }) => (verifications ? [] : [extension])),
  };
}

function readAdVerifications(reader: TreeReader): AdVerification[] {
  const container = reader.child('AdVerifications');
  return container ? readVerificationList(container) : [];
}

function readVerificationList(container: TreeReader): AdVerification[] {
  const list = container.children('Verification').map((child) => {
    const verification = said<AdVerification>({
      vendor: child.attribute('vendor') ?? null,
      javaScriptResources: child.children('JavaScriptResource').flatMap(readJavaScriptResource),
      executableResources: child.children('ExecutableResource').flatMap(readExecutableResource),
      verificationParameters: child.childText('VerificationParameters'),
      trackingEvents: readTrackingEvents(child),
    });
    child.done();
    return verification;
  });
  container.done();
  return list;
}

function readJavaScriptResource(child: TreeReader): JavaScriptResource[] {
  const resource = said<JavaScriptResource>({
    url: child.text(),
    apiFramework: child.attribute('apiFramework'),
    browserOptional: child.flag('browserOptional'),
  });
  child.done();
  return child.hasUrl() ? [resource] : [];
}

function readExecutableResource(child: TreeReader): ExecutableResource[] {
  const resource = said<ExecutableResource>({
    url: child.text(),
    apiFramework: child.attribute('apiFramework'),
    type: child.attribute('type'),
  });
  child.done();
  return child.hasUrl() ? [resource] : [];
}

function readPricing(reader: TreeReader): Pricing | undefined {
  const child = reader.child('Pricing');
  if (!child) return undefined;
  const model = child.oneOf('model', ['cpm', 'cpc', 'cpe', 'cpv']);
  const currency = child.attribute('currency');
  const amountMicros = readMicros(child.text());
  child.done();
  if (model !== undefined && currency !== undefined && amountMicros !== undefined)
    return { model, currency, amountMicros };
  child.note(
    '',
    'the price needs a model, a currency and a decimal with at most six places; it was left out',
  );
  return undefined;
}

function readViewableImpression(reader: TreeReader): ViewableImpression | undefined {
  const child = reader.child('ViewableImpression');
  if (!child) return undefined;
  const viewable = said<ViewableImpression>({
    id: child.attribute('id'),
    viewable: child.urls('Viewable'),
    notViewable: child.urls('NotViewable'),
    viewUndetermined: child.urls('ViewUndetermined'),
  });
  child.done();
  return viewable;
}

function readAdvertiser(reader: TreeReader): Unsaid<Pick<InlineAd, 'advertiser' | 'advertiserId'>> {
  const child = reader.child('Advertiser');
  const advertiserId = child?.attribute('id');
  child?.done();
  return { advertiser: child?.text(), advertiserId };
}

function readCategories(reader: TreeReader, name: string): Category[] {
  return reader.children(name).map((child) => {
    const authority = child.attribute('authority') ?? null;
    child.done();
    return { code: child.text(), authority };
  });
}

function readExpires(reader: TreeReader): number | undefined {
  const text = reader.childText('Expires');
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  reader.note('/Expires', `"${text.slice(0, 80)}" is not a whole number of seconds; it was left out`);
  return undefined;
}

function readSurvey(reader: TreeReader): Survey | undefined {
  const child = reader.child('Survey');
  if (!child) return undefined;
  const type = child.attribute('type');
  child.done();
  return child.hasUrl() ? said<Survey>({ url: child.text(), type }) : undefined;
}
