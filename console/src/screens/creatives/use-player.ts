import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { frameAt, frameStart } from '../../design/format/time-code.ts';

export interface Player {
  video: RefObject<HTMLVideoElement | null>;
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
export function usePlayer(durationMs: number, fps: number, source: string | null): Player {
  const video = useRef<HTMLVideoElement>(null);
  const [atMs, setAtMs] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [muted, setMuted] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the element comes and goes with its source
  useEffect(() => {
    const element = video.current;
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
  }, [source !== null]);
  const seek = useCallback(
    (ms: number) => {
      const element = video.current;
      const target = Math.min(Math.max(0, ms), durationMs);
      if (element) element.currentTime = target / 1000;
      setAtMs(target);
    },
    [durationMs],
  );
  return {
    video,
    atMs,
    playing,
    muted,
    seek,
    // A frame's middle: its exact start may still show the frame before it.
    step: (frames) => {
      video.current?.pause();
      seek(frameStart(frameAt(atMs, fps) + frames, fps) + 500 / fps);
    },
    toggle: () => {
      const element = video.current;
      if (!element) return;
      if (element.paused) void element.play().catch(() => setPlaying(false));
      else element.pause();
    },
    toggleSound: () => {
      if (video.current) video.current.muted = !video.current.muted;
    },
    fullScreen: () => void video.current?.requestFullscreen().catch(() => undefined),
  };
}
