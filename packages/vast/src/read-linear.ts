import type {
  ClosedCaptionFile,
  Icon,
  IconClickFallbackImage,
  InlineLinear,
  InteractiveCreativeFile,
  MediaFile,
  Mezzanine,
  VideoClicks,
  WrapperLinear,
} from './model.ts';
import { readAdParameters, readIdentified, readResources, readTrackingEvents } from './read-parts.ts';
import { readTime } from './time.ts';
import { said, type TreeReader } from './tree-reader.ts';

/** A linear creative of a wrapper. */
export function readWrapperLinear(reader: TreeReader): WrapperLinear {
  const linear = said<WrapperLinear>(readBase(reader));
  reader.done();
  return linear;
}

/** A linear creative with media. */
export function readInlineLinear(reader: TreeReader): InlineLinear {
  const base = readBase(reader);
  const adParameters = readAdParameters(reader);
  const durationMs = readDuration(reader);
  const media = reader.child('MediaFiles');
  const linear = said<InlineLinear>({
    ...base,
    adParameters,
    durationMs,
    mediaFiles: media ? readMediaFiles(media) : [],
    mezzanines: media ? readMezzanines(media) : [],
    interactiveCreativeFiles: media ? readInteractiveFiles(media) : [],
    closedCaptionFiles: media ? readClosedCaptions(media) : [],
  });
  media?.done();
  reader.done();
  return { ...linear, mediaFiles: linear.mediaFiles ?? [] };
}

function readBase(reader: TreeReader): { [K in keyof WrapperLinear]: WrapperLinear[K] | undefined } {
  return {
    skipOffset: reader.offset('skipoffset'),
    icons: readIcons(reader),
    trackingEvents: readTrackingEvents(reader),
    videoClicks: readVideoClicks(reader),
  };
}

function readDuration(reader: TreeReader): number | null {
  const text = reader.childText('Duration');
  if (text === undefined || text === '') return null;
  const ms = readTime(text);
  if (ms === undefined)
    reader.note('/Duration', `"${text.slice(0, 80)}" is not a time HH:MM:SS(.mmm); it was left out`);
  return ms ?? null;
}

function readVideoClicks(reader: TreeReader): VideoClicks | undefined {
  const child = reader.child('VideoClicks');
  if (!child) return undefined;
  const [clickThrough, ...others] = readIdentified(child, 'ClickThrough');
  if (others.length > 0)
    child.note('/ClickThrough[2]', 'only the first ClickThrough counts; the others were left out');
  const clicks = said<VideoClicks>({
    clickThrough,
    clickTracking: readIdentified(child, 'ClickTracking'),
    customClicks: readIdentified(child, 'CustomClick'),
  });
  child.done();
  return Object.keys(clicks).length === 0 ? undefined : clicks;
}

const DELIVERIES = ['progressive', 'streaming'] as const;

function readFile(child: TreeReader): { [K in keyof Mezzanine]: Mezzanine[K] | undefined } {
  return {
    url: child.text(),
    delivery: child.oneOf('delivery', DELIVERIES) ?? null,
    type: child.attribute('type') ?? null,
    width: child.integer('width') ?? null,
    height: child.integer('height') ?? null,
    id: child.attribute('id'),
    codec: child.attribute('codec'),
    fileSizeBytes: child.integer('fileSize'),
    mediaType: child.attribute('mediaType'),
  };
}

function readMediaFiles(media: TreeReader): MediaFile[] {
  return media.children('MediaFile').flatMap((child) => {
    const file = said<MediaFile>({
      ...readFile(child),
      bitrateKbps: child.integer('bitrate'),
      minBitrateKbps: child.integer('minBitrate'),
      maxBitrateKbps: child.integer('maxBitrate'),
      scalable: child.flag('scalable'),
      maintainAspectRatio: child.flag('maintainAspectRatio'),
      apiFramework: child.attribute('apiFramework'),
    });
    child.done();
    return child.hasUrl() ? [file] : [];
  });
}

function readMezzanines(media: TreeReader): Mezzanine[] {
  return media.children('Mezzanine').flatMap(readMezzanine);
}

/** One mezzanine; none (and a note) without a URL. */
export function readMezzanine(child: TreeReader): Mezzanine[] {
  const file = said<Mezzanine>(readFile(child));
  child.done();
  return child.hasUrl() ? [file] : [];
}

function readInteractiveFiles(media: TreeReader): InteractiveCreativeFile[] {
  return media.children('InteractiveCreativeFile').flatMap(readInteractiveFile);
}

/** One interactive file; none (and a note) without a URL. */
export function readInteractiveFile(child: TreeReader): InteractiveCreativeFile[] {
  const file = said<InteractiveCreativeFile>({
    url: child.text(),
    type: child.attribute('type'),
    apiFramework: child.attribute('apiFramework'),
    variableDuration: child.flag('variableDuration'),
  });
  child.done();
  return child.hasUrl() ? [file] : [];
}

function readClosedCaptions(media: TreeReader): ClosedCaptionFile[] {
  const container = media.child('ClosedCaptionFiles');
  if (!container) return [];
  const files = container.children('ClosedCaptionFile').flatMap((child) => {
    const file = said<ClosedCaptionFile>({
      url: child.text(),
      type: child.attribute('type'),
      language: child.attribute('language'),
    });
    child.done();
    return child.hasUrl() ? [file] : [];
  });
  container.done();
  return files;
}

function readIcons(reader: TreeReader): Icon[] {
  const container = reader.child('Icons');
  if (!container) return [];
  const icons = container.children('Icon').map(readIcon);
  container.done();
  return icons;
}

/** One icon. */
export function readIcon(reader: TreeReader): Icon {
  const clicks = reader.child('IconClicks');
  const icon = said<Icon>({
    program: reader.attribute('program'),
    width: reader.integer('width'),
    height: reader.integer('height'),
    xPosition: reader.attribute('xPosition'),
    yPosition: reader.attribute('yPosition'),
    offsetMs: reader.time('offset'),
    durationMs: reader.time('duration'),
    apiFramework: reader.attribute('apiFramework'),
    pxRatio: reader.decimal('pxratio'),
    altText: reader.attribute('altText'),
    hoverText: reader.attribute('hoverText'),
    ...readResources(reader),
    clickThroughUrl: clicks?.firstUrl('IconClickThrough'),
    clickTracking: clicks && readIdentified(clicks, 'IconClickTracking'),
    clickFallbackImages: clicks && readFallbackImages(clicks),
    viewTrackingUrls: reader.urls('IconViewTracking'),
  });
  clicks?.done();
  reader.done();
  return icon;
}

function readFallbackImages(clicks: TreeReader): IconClickFallbackImage[] {
  const container = clicks.child('IconClickFallbackImages');
  if (!container) return [];
  const images = container.children('IconClickFallbackImage').map((child) => {
    const image = said<IconClickFallbackImage>({
      url: child.firstUrl('StaticResource'),
      altText: child.childText('AltText'),
      width: child.integer('width'),
      height: child.integer('height'),
    });
    child.done();
    return image;
  });
  container.done();
  return images;
}
