import { type Box, boxAt, boxesIn, boxOf, childrenOf, needBox } from './boxes.ts';

/** What the header of a fragmented MP4 says about one of its tracks. */
export interface InitTrack {
  trackId: number;
  kind: 'video' | 'audio';
  /** Ticks per second of all times of the track. */
  timescale: number;
  /** Ticks at the start of the media that are decoded and not shown (AAC priming), by the edit list. */
  skippedTicks: number;
  /** The edit list is absent or shows the media from `skippedTicks` on at normal speed, and nothing turns the picture. */
  isPlain: boolean;
  /** Video only: pixels as shown, the sample aspect applied. */
  display: { widthPx: number; heightPx: number } | null;
  /** Video only, RFC 6381: "avc1." and the profile, constraints and level of the decoder configuration. */
  codec: string | null;
  /** The header with this track alone: `ftyp` and `moov`. */
  segment: Uint8Array;
}

/**
 * Splits the header of a fragmented MP4 into one of each track. Players that append sound and picture to buffers of
 * their own need them apart.
 * @param head `ftyp` and `moov`
 * @throws Error when the header is not one that ffmpeg writes
 */
export function splitInit(head: Uint8Array): InitTrack[] {
  const top = boxesIn(head);
  const ftyp = top.find((box) => box.type === 'ftyp');
  const moov = top.find((box) => box.type === 'moov');
  if (!ftyp || !moov) throw new Error('the header lacks "ftyp" or "moov"');
  return childrenOf(moov)
    .filter((box) => box.type === 'trak')
    .map((trak) => {
      const trackId = idOf(trak);
      return { ...describe(trak), trackId, segment: concat([ftyp.bytes, onlyTrack(moov, trackId)]) };
    });
}

function onlyTrack(moov: Box, trackId: number): Uint8Array {
  const kept = childrenOf(moov).flatMap((box) => {
    if (box.type === 'trak') return idOf(box) === trackId ? [box.bytes] : [];
    if (box.type === 'mvex') {
      const defaults = childrenOf(box).filter(
        (one) => one.type !== 'trex' || one.body.getUint32(4) === trackId,
      );
      return [
        boxOf(
          'mvex',
          defaults.map((one) => one.bytes),
        ),
      ];
    }
    return box.type === 'udta' ? [] : [box.bytes];
  });
  return boxOf('moov', kept);
}

function describe(trak: Box): Omit<InitTrack, 'trackId' | 'segment'> {
  const mdhd = needBox(trak, 'mdia', 'mdhd').body;
  const timescale = mdhd.getUint32(mdhd.getUint8(0) === 1 ? 20 : 12);
  const handler = text(needBox(trak, 'mdia', 'hdlr').body, 8);
  const { skippedTicks, isPlain } = editsOf(trak);
  if (handler === 'soun')
    return { kind: 'audio', timescale, skippedTicks, isPlain, display: null, codec: null };
  if (handler !== 'vide') throw new Error(`a track of kind "${handler}"`);
  const entry = boxesIn(needBox(trak, 'mdia', 'minf', 'stbl', 'stsd').bytes, 16)[0];
  if (entry?.type !== 'avc1') throw new Error(`pictures of kind "${entry?.type ?? 'none'}"`);
  // A visual sample entry has 78 bytes of its own before its boxes (ISO/IEC 14496-12, 12.1.3).
  const inner = boxesIn(entry.bytes, 86);
  const avcC = inner.find((box) => box.type === 'avcC');
  if (!avcC) throw new Error('pictures without a decoder configuration');
  const pasp = inner.find((box) => box.type === 'pasp')?.body;
  const [across, down] = pasp ? [pasp.getUint32(0), pasp.getUint32(4)] : [1, 1];
  const [widthPx, heightPx] = [entry.body.getUint16(24), entry.body.getUint16(26)];
  return {
    kind: 'video',
    timescale,
    skippedTicks,
    isPlain: isPlain && isUpright(trak),
    display: { widthPx: across > 0 && down > 0 ? Math.round((widthPx * across) / down) : widthPx, heightPx },
    codec: `avc1.${[1, 2, 3].map((at) => avcC.body.getUint8(at).toString(16).padStart(2, '0')).join('')}`,
  };
}

function editsOf(trak: Box): { skippedTicks: number; isPlain: boolean } {
  const elst = boxAt(trak, 'edts', 'elst')?.body;
  if (!elst) return { skippedTicks: 0, isPlain: true };
  const wide = elst.getUint8(0) === 1;
  const mediaTime = wide ? Number(elst.getBigInt64(16)) : elst.getInt32(12);
  const rate = elst.getUint32(wide ? 24 : 16);
  // An empty edit (-1) delays the track; many players ignore it.
  return {
    skippedTicks: Math.max(0, mediaTime),
    isPlain: elst.getUint32(4) === 1 && mediaTime >= 0 && rate === 0x1_0000,
  };
}

/** The picture is not turned or mirrored: the matrix of `tkhd` is the unit matrix. */
function isUpright(trak: Box): boolean {
  const tkhd = needBox(trak, 'tkhd').body;
  const at = tkhd.getUint8(0) === 1 ? 52 : 40;
  const unit = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
  return unit.every((value, index) => tkhd.getUint32(at + 4 * index) === value);
}

function idOf(trak: Box): number {
  const tkhd = needBox(trak, 'tkhd').body;
  return tkhd.getUint32(tkhd.getUint8(0) === 1 ? 20 : 12);
}

function text(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
