import type {
  Extension,
  Icon,
  IconClickFallbackImage,
  InlineLinear,
  InteractiveCreativeFile,
  MediaFile,
  VideoClicks,
  WrapperLinear,
} from './model.ts';
import { formatOffset, formatTime } from './time.ts';
import {
  adParameters,
  container,
  extensions,
  identified,
  leaf,
  leaves,
  resources,
  show,
  text,
  trackingEvents,
} from './tree-parts.ts';
import { element, type XmlElement } from './xml/element.ts';

/** A linear creative. `creativeExtensions` belong inside it before 4.0 and beside it afterwards. */
export function linearToTree(
  linear: InlineLinear | WrapperLinear,
  creativeExtensions: readonly Extension[] | undefined,
): XmlElement {
  return element('Linear', { skipoffset: linear.skipOffset && formatOffset(linear.skipOffset) }, [
    ...container('Icons', (linear.icons ?? []).map(iconToTree)),
    ...extensions('CreativeExtensions', creativeExtensions),
    ...trackingEvents(linear.trackingEvents),
    ...('mediaFiles' in linear ? mediaToTree(linear) : []),
    ...(linear.videoClicks ? videoClicksToTree(linear.videoClicks) : []),
  ]);
}

function mediaToTree(linear: InlineLinear): XmlElement[] {
  const captions = (linear.closedCaptionFiles ?? []).map(({ url, type, language }) =>
    element('ClosedCaptionFile', { type, language }, text(url)),
  );
  const files = [
    ...container('ClosedCaptionFiles', captions),
    ...linear.mediaFiles.map((file) => mediaFileToTree('MediaFile', file)),
    ...(linear.mezzanines ?? []).map((file) => mediaFileToTree('Mezzanine', file)),
    ...(linear.interactiveCreativeFiles ?? []).map(interactiveFileToTree),
  ];
  return [
    ...adParameters(linear.adParameters),
    ...leaf('Duration', linear.durationMs === null ? null : formatTime(linear.durationMs)),
    ...container('MediaFiles', files),
  ];
}

export function interactiveFileToTree(file: InteractiveCreativeFile): XmlElement {
  return element(
    'InteractiveCreativeFile',
    { type: file.type, apiFramework: file.apiFramework, variableDuration: show(file.variableDuration) },
    text(file.url),
  );
}

export function mediaFileToTree(name: 'MediaFile' | 'Mezzanine', file: MediaFile): XmlElement {
  const attributes = {
    id: file.id,
    delivery: file.delivery ?? undefined,
    type: file.type ?? undefined,
    width: show(file.width),
    height: show(file.height),
    codec: file.codec,
    bitrate: show(file.bitrateKbps),
    minBitrate: show(file.minBitrateKbps),
    maxBitrate: show(file.maxBitrateKbps),
    scalable: show(file.scalable),
    maintainAspectRatio: show(file.maintainAspectRatio),
    fileSize: show(file.fileSizeBytes),
    mediaType: file.mediaType,
    apiFramework: file.apiFramework,
  };
  return element(name, attributes, text(file.url));
}

function videoClicksToTree(clicks: VideoClicks): XmlElement[] {
  return container('VideoClicks', [
    ...identified('ClickTracking', clicks.clickTracking),
    ...identified('ClickThrough', clicks.clickThrough && [clicks.clickThrough]),
    ...identified('CustomClick', clicks.customClicks),
  ]);
}

export function iconToTree(icon: Icon): XmlElement {
  const attributes = {
    program: icon.program,
    width: show(icon.width),
    height: show(icon.height),
    xPosition: icon.xPosition,
    yPosition: icon.yPosition,
    duration: icon.durationMs === undefined ? undefined : formatTime(icon.durationMs),
    offset: icon.offsetMs === undefined ? undefined : formatTime(icon.offsetMs),
    apiFramework: icon.apiFramework,
    pxratio: show(icon.pxRatio),
    altText: icon.altText,
    hoverText: icon.hoverText,
  };
  return element('Icon', attributes, [
    ...resources(icon),
    ...container('IconClicks', [
      ...container('IconClickFallbackImages', (icon.clickFallbackImages ?? []).map(fallbackImageToTree)),
      ...leaf('IconClickThrough', icon.clickThroughUrl),
      ...identified('IconClickTracking', icon.clickTracking),
    ]),
    ...leaves('IconViewTracking', icon.viewTrackingUrls),
  ]);
}

function fallbackImageToTree(image: IconClickFallbackImage): XmlElement {
  return element('IconClickFallbackImage', { width: show(image.width), height: show(image.height) }, [
    ...leaf('AltText', image.altText),
    ...leaf('StaticResource', image.url),
  ]);
}
