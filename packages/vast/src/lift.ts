import { type Carrier, creativeById, creativeByMediaId } from './carry.ts';
import type { Extension, InlineAd, InlineCreative, InlineLinear } from './model.ts';
import { readUniversalAdId } from './read-creative.ts';
import { readIcon, readInteractiveFile, readMezzanine } from './read-linear.ts';
import { type ParseNote, TreeReader } from './tree-reader.ts';
import { isAtLeast, type VastVersion } from './version.ts';
import { isElement, localName, type XmlElement } from './xml/element.ts';

/**
 * Reads the VAST element an extension carries; undefined when it is not that. What the model has no place for
 * would be lost: it is noted in `told`, and without `told` the extension stays what it is.
 */
export function readCarried<T>(
  extension: Extension,
  type: Carrier,
  version: VastVersion,
  read: (reader: TreeReader) => T,
  told?: { readonly path: string; readonly notes: ParseNote[] },
): T | undefined {
  const [node, ...others] = extension.nodes;
  if (extension.type !== type || extension.attributes !== undefined || others.length > 0) return undefined;
  if (node === undefined || !isElement(node) || localName(node.name) !== type) return undefined;
  const notes: ParseNote[] = [];
  const holder: XmlElement = { name: 'Extension', attributes: {}, children: [node] };
  const path = told?.path ?? 'Extension';
  const child = new TreeReader(holder, path, { version, notes, prefixes: {} }).child(type);
  const value = child && read(child);
  told?.notes.push(...notes);
  return notes.length === 0 || told ? value : undefined;
}

/** Which creative a carried element changes, and into what; undefined when it belongs to none. */
type Lift = (
  creatives: readonly InlineCreative[],
  version: VastVersion,
) => { readonly target: InlineCreative; readonly changed: InlineCreative } | undefined;

function withMedia(
  target: InlineCreative | undefined,
  change: (linear: InlineLinear) => InlineLinear,
): ReturnType<Lift> {
  return target?.linear && { target, changed: { ...target, linear: change(target.linear) } };
}

function liftOf(extension: Extension, creatives: readonly InlineCreative[], version: VastVersion) {
  const first = creatives.find(({ linear }) => linear);
  const byMedia = (id: string | undefined): InlineCreative | undefined =>
    id === undefined ? first : creativeByMediaId(creatives, id);
  const identifier = readCarried(extension, 'UniversalAdId', version, (reader) => ({
    creativeId: reader.attribute('creativeId'),
    value: readUniversalAdId(reader),
  }));
  if (identifier) {
    const { creativeId, value } = identifier;
    const target = creativeId === undefined ? creatives[0] : creativeById(creatives, creativeId);
    const lifts = target && (version === '2.0' || target.linear);
    return lifts
      ? { target, changed: { ...target, universalAdIds: [...(target.universalAdIds ?? []), value] } }
      : undefined;
  }
  const interactive = readCarried(extension, 'InteractiveCreativeFile', version, (reader) => ({
    mediaFileId: reader.attribute('mediaFileId'),
    files: readInteractiveFile(reader),
  }));
  if (interactive) {
    return withMedia(byMedia(interactive.mediaFileId), (linear) => ({
      ...linear,
      interactiveCreativeFiles: [...(linear.interactiveCreativeFiles ?? []), ...interactive.files],
    }));
  }
  const mezzanine = readCarried(extension, 'Mezzanine', version, (reader) => ({
    mediaFileId: reader.attribute('mediaFileId'),
    files: readMezzanine(reader),
  }));
  if (mezzanine) {
    return withMedia(byMedia(mezzanine.mediaFileId), (linear) => ({
      ...linear,
      mezzanines: [...(linear.mezzanines ?? []), ...mezzanine.files],
    }));
  }
  const icon = version === '2.0' ? readCarried(extension, 'Icon', version, readIcon) : undefined;
  return icon && withMedia(first, (linear) => ({ ...linear, icons: [...(linear.icons ?? []), icon] }));
}

/** Takes carried elements out of the extensions of an ad and of its creatives, back to where they belong. */
export function liftFromExtensions(ad: InlineAd, version: VastVersion): InlineAd {
  if (isAtLeast(version, '4.0')) return ad;
  let creatives = ad.creatives.map((creative): InlineCreative => {
    const own = liftAll(creative.extensions, [withoutExtensions(creative)], version);
    return { ...(own.creatives[0] as InlineCreative), ...keep(own.extensions) };
  });
  const { extensions, ...rest } = ad;
  const lifted = liftAll(extensions, creatives, version);
  creatives = lifted.creatives;
  return { ...rest, creatives, ...keep(lifted.extensions) };
}

function withoutExtensions({ extensions: _apart, ...rest }: InlineCreative): InlineCreative {
  return rest;
}

function keep(extensions: readonly Extension[]): { readonly extensions?: readonly Extension[] } {
  return extensions.length === 0 ? {} : { extensions };
}

function liftAll(
  extensions: readonly Extension[] | undefined,
  start: InlineCreative[],
  version: VastVersion,
): { creatives: InlineCreative[]; extensions: Extension[] } {
  let creatives = start;
  const left: Extension[] = [];
  for (const extension of extensions ?? []) {
    const lift = liftOf(extension, creatives, version);
    if (lift) creatives = creatives.map((one) => (one === lift.target ? lift.changed : one));
    else left.push(extension);
  }
  return { creatives, extensions: left };
}
