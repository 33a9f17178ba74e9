import type { Creative } from '@cuepoint/contract';
import { useState } from 'react';

type Media = Pick<Creative, 'videoUrl' | 'thumbnailUrl' | 'frames'>;

/**
 * Addresses of the files as they were first given: every read signs new ones,
 * and a player whose address changes starts again. A new file, or `renew`
 * after an address has expired, takes the latest.
 */
export function useSteadyMedia(creative: Creative | undefined): { media: Media | null; renew: () => void } {
  const [held, setHeld] = useState<{ key: string; media: Media } | null>(null);
  const key =
    creative &&
    `${creative.id} ${creative.sha256 ?? ''} ${creative.videoUrl !== null} ${creative.frames.length}`;
  if (creative && key && held?.key !== key) {
    const { videoUrl, thumbnailUrl, frames } = creative;
    setHeld({ key, media: { videoUrl, thumbnailUrl, frames } });
  }
  return {
    media: held && held.key === key ? held.media : null,
    renew: () => setHeld(null),
  };
}
