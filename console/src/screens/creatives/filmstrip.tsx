import type { Creative, Measurement } from '@cuepoint/contract';
import type { KeyboardEvent, PointerEvent } from 'react';
import { linear, round1 } from '../../design/charts/scale.ts';
import { useWidth } from '../../design/charts/use-width.ts';
import { seconds } from '../../design/format/number.ts';
import { frameStart, timeCode } from '../../design/format/time-code.ts';
import { axisTimes } from './axis-times.ts';
import type { Mark } from './player-panel.tsx';

const stretchWords = { black: 'Black', frozen: 'Frozen', silent: 'Silent' } as const;
const stretchFill = { black: 'var(--warn)', frozen: 'var(--warn)', silent: 'var(--info)' } as const;

/** Frames in a row with the scrub head; below them stretches and findings at their time. A slider: arrows step frames. */
export function Filmstrip({
  frames,
  durationMs,
  fps,
  atMs,
  marks,
  stretches,
  onSeek,
  onStep,
}: {
  frames: Creative['frames'];
  durationMs: number;
  fps: number | null;
  atMs: number;
  marks: readonly Mark[];
  stretches: Measurement['stretches'];
  onSeek: (ms: number) => void;
  onStep: (frames: number) => void;
}) {
  const [ref, width] = useWidth<HTMLDivElement>(800);
  const x = linear(0, Math.max(1, durationMs), 0, width);
  const at = (ms: number) => (fps === null ? seconds(ms) : timeCode(ms, fps));
  const seekTo = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onSeek(linear(0, box.width, 0, durationMs)(event.clientX - box.left));
  };
  const onKey = (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowRight: () => onStep(1),
      ArrowLeft: () => onStep(-1),
      PageDown: () => onSeek(atMs + 1000),
      PageUp: () => onSeek(atMs - 1000),
      Home: () => onSeek(0),
      End: () => onSeek(durationMs),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  // On round time codes, which at 23.976 or 29.97 lie a little after round seconds.
  const axis = axisTimes(durationMs, width)
    .map((ms) => (fps === null ? ms : frameStart(Math.round((ms / 1000) * Math.round(fps)), fps)))
    .filter((ms) => ms <= durationMs);
  return (
    <div className="px-3 pt-2 pb-2">
      <div
        ref={ref}
        role="slider"
        tabIndex={0}
        aria-label="Position in the video"
        aria-valuemin={0}
        aria-valuemax={Math.round(durationMs)}
        aria-valuenow={Math.round(atMs)}
        aria-valuetext={at(atMs)}
        onKeyDown={onKey}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          seekTo(event);
        }}
        onPointerMove={(event) => event.buttons === 1 && seekTo(event)}
        className="relative cursor-ew-resize touch-none select-none"
      >
        <div className="flex h-9 gap-px max-wide:h-7">
          {frames.map((frame) => (
            <img
              key={frame.atMs}
              src={frame.url}
              alt=""
              draggable={false}
              className="h-full min-w-0 flex-1 bg-sunken object-cover"
            />
          ))}
        </div>
        <svg className="chart mt-1.5 block overflow-visible" width={width} height="40" aria-hidden="true">
          <rect width={width} height="14" fill="var(--line)" />
          {stretches.map((stretch) => {
            const from = x(stretch.startMs);
            const long = Math.max(2, x(stretch.endMs) - from);
            return (
              <g key={`${stretch.kind} ${stretch.startMs}`}>
                <rect
                  x={round1(from)}
                  width={round1(long)}
                  height="14"
                  fill={stretchFill[stretch.kind]}
                  opacity=".7"
                />
                <text className="strong" x={round1(Math.min(from + long + 4, width - 90))} y="11">
                  {stretchWords[stretch.kind]} {seconds(stretch.endMs - stretch.startMs)}
                </text>
              </g>
            );
          })}
          {stretches.length === 0 && (
            <text className="second" x="4" y="11">
              no black, frozen or silent stretch
            </text>
          )}
          {marks.map((mark) => (
            <path
              key={`${mark.atMs} ${mark.label}`}
              d={`M${round1(x(mark.atMs))} 0l5 -6h-10z`}
              fill={mark.severity === 'block' ? 'var(--block)' : 'var(--warn)'}
            />
          ))}
          {axis.map((ms, index) => (
            <text
              key={ms}
              x={round1(x(ms))}
              y="32"
              textAnchor={index === 0 ? 'start' : x(ms) > width - 30 ? 'end' : 'middle'}
            >
              {at(ms)}
            </text>
          ))}
        </svg>
        <span
          aria-hidden="true"
          className="pointer-events-none absolute -top-1 bottom-4 w-0.5 bg-accent-text"
          style={{ left: Math.min(width - 2, Math.max(0, x(atMs) - 1)) }}
        />
      </div>
    </div>
  );
}
