import { useCallback, useEffect, useState } from 'react';
import { frameAt, frameStart } from '../../design/format/time-code.ts';

export interface Player {
  /** For the `ref` of the video. */
  attach: (element: HTMLVideoElement | null) => void;
  scrollIntoView: () => void;
  atMs: number;
  playing: boolean;
  muted: boolean;
  seek: (ms: number) => void;
  step: (frames: number) => void;
  toggle: () => void;
  toggleSound: () => void;
  fullScreen: () => void;
}

/** The video element's state as state of the screen. The element is the truth; it starts muted and never by itself. */
export function usePlayer(durationMs: number, fps: number): Player {
  // State, not a ref: the element comes when the file is ready, and must then be listened to.
  const [element, setElement] = useState<HTMLVideoElement | null>(null);
  const [atMs, setAtMs] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [muted, setMuted] = useState(true);
  useEffect(() => {
    if (!element) return;
    let frame = 0;
    const read = () => setAtMs(element.currentTime * 1000);
    const follow = () => {
      read();
      if (!element.paused) frame = requestAnimationFrame(follow);
    };
    const onPlay = () => {
      setPlaying(true);
      follow();
    };
    const onPause = () => {
      setPlaying(false);
      read();
    };
    const onVolume = () => setMuted(element.muted);
    element.addEventListener('play', onPlay);
    element.addEventListener('pause', onPause);
    element.addEventListener('ended', onPause);
    element.addEventListener('seeked', read);
    element.addEventListener('volumechange', onVolume);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener('play', onPlay);
      element.removeEventListener('pause', onPause);
      element.removeEventListener('ended', onPause);
      element.removeEventListener('seeked', read);
      element.removeEventListener('volumechange', onVolume);
    };
  }, [element]);
  const seek = useCallback(
    (ms: number) => {
      const target = Math.min(Math.max(0, ms), durationMs);
      if (element) element.currentTime = target / 1000;
      setAtMs(target);
    },
    [durationMs, element],
  );
  const scrollIntoView = useCallback(() => element?.scrollIntoView({ block: 'nearest' }), [element]);
  return {
    attach: setElement,
    scrollIntoView,
    atMs,
    playing,
    muted,
    seek,
    // A frame's middle: its exact start may still show the frame before it.
    step: (frames) => {
      element?.pause();
      seek(frameStart(frameAt(atMs, fps) + frames, fps) + 500 / fps);
    },
    toggle: () => {
      if (!element) return;
      if (element.paused) void element.play().catch(() => setPlaying(false));
      else element.pause();
    },
    toggleSound: () => {
      if (element) element.muted = !element.muted;
    },
    // A browser that refuses leaves the player as it is, which the person sees.
    fullScreen: () => void element?.requestFullscreen().catch(() => undefined),
  };
}
