import type { MediaFile, VastDocument } from '@cuepoint/vast';

export interface PlayableAd {
  adIndex: number;
  title: string;
  durationMs: number;
  url: string;
  type: string;
  width: number;
  height: number;
}

/**
 * Ads that can be played here: an MP4 on this server, since the page's policy lets no other in. Of several files the
 * largest that a panel of this size still shows.
 */
export function playableAds(document: VastDocument, origin: string): PlayableAd[] {
  return document.ads.flatMap((ad, adIndex) => {
    if (ad.kind !== 'inline') return [];
    for (const creative of ad.creatives) {
      const files = (creative.linear?.mediaFiles ?? []).filter((file) => isOurs(file, origin));
      const file = [...files].sort((a, b) => rank(a) - rank(b))[0];
      if (!file) continue;
      return [
        {
          adIndex,
          title: ad.adTitle ?? ad.id ?? `Ad ${adIndex + 1}`,
          durationMs: creative.linear?.durationMs ?? 0,
          url: new URL(file.url, origin).href,
          type: file.type ?? 'video/mp4',
          width: file.width ?? 0,
          height: file.height ?? 0,
        },
      ];
    }
    return [];
  });
}

function isOurs(file: MediaFile, origin: string): boolean {
  try {
    return new URL(file.url, origin).origin === origin && (file.type ?? '').startsWith('video/');
  } catch {
    return false;
  }
}

/** 720 lines are enough; below that the more the better. */
function rank(file: MediaFile): number {
  const height = file.height ?? 0;
  return height <= 720 ? 720 - height : height;
}
