import type { Creative, Measurement } from '@cuepoint/contract';
import { ChevronLeft, ChevronRight, Maximize, Pause, Play, Volume2, VolumeX } from 'lucide-react';
import { type Ref, useImperativeHandle, useRef, useState } from 'react';
import { IconButton, Kbd } from '../../design/button.tsx';
import { Switch } from '../../design/choice.tsx';
import { seconds } from '../../design/format/number.ts';
import { frameAt, frameCount, timeCode } from '../../design/format/time-code.ts';
import { Facts, Panel } from '../../design/panel.tsx';
import { useCommands } from '../../shell/page-context.tsx';
import { Filmstrip } from './filmstrip.tsx';
import { Overlay } from './overlay.tsx';
import { type Player, usePlayer } from './use-player.ts';

export type PlayerHandle = Pick<Player, 'seek' | 'scrollIntoView'>;

export interface Mark {
  atMs: number;
  label: string;
  severity: 'block' | 'warn';
}

/** The picture with its safe areas, frame by frame, and below it what was found over time. */
export function PlayerPanel({
  creative,
  measurement,
  marks,
  onExpired,
  ref,
}: {
  creative: Creative;
  measurement: Measurement | undefined;
  marks: readonly Mark[];
  /** The address of the file no longer answers. */
  onExpired: () => void;
  ref: Ref<PlayerHandle>;
}) {
  const [safe, setSafe] = useState(true);
  const [qr, setQr] = useState(false);
  const failed = useRef<string | null>(null);
  const durationMs = creative.durationMs ?? 0;
  // Here and not in the screen: it changes with every frame that is played.
  const player = usePlayer(durationMs, measurement?.video?.fps ?? 25);
  useImperativeHandle(ref, () => ({ seek: player.seek, scrollIntoView: player.scrollIntoView }), [
    player.seek,
    player.scrollIntoView,
  ]);
  const fps = measurement?.video?.fps ?? null;
  const here = fps === null ? seconds(player.atMs) : timeCode(player.atMs, fps);
  const stretch = measurement?.stretches.find(
    (part) => player.atMs >= part.startMs && player.atMs < part.endMs,
  );
  const jump = (direction: 1 | -1) => {
    const times = [...new Set(marks.map((mark) => mark.atMs))].sort((a, b) => a - b);
    const next =
      direction === 1
        ? times.find((at) => at > player.atMs + 1)
        : times.findLast((at) => at < player.atMs - 1);
    const wrapped = direction === 1 ? times[0] : times.at(-1);
    const target = next ?? wrapped;
    if (target !== undefined) player.seek(target);
  };
  useCommands([
    { id: 'play', group: 'Player', label: 'Play or pause', icon: Play, keys: 'k', run: player.toggle },
    {
      id: 'frame back',
      group: 'Player',
      label: 'One frame back',
      icon: ChevronLeft,
      keys: ',',
      run: () => player.step(-1),
    },
    {
      id: 'frame on',
      group: 'Player',
      label: 'One frame on',
      icon: ChevronRight,
      keys: '.',
      run: () => player.step(1),
    },
    ...(marks.length > 0
      ? [
          {
            id: 'finding back',
            group: 'Player' as const,
            label: 'Finding before',
            icon: ChevronLeft,
            keys: '[',
            run: () => jump(-1),
          },
          {
            id: 'finding on',
            group: 'Player' as const,
            label: 'Next finding',
            icon: ChevronRight,
            keys: ']',
            run: () => jump(1),
          },
        ]
      : []),
  ]);
  const ratio = creative.width && creative.height ? creative.width / creative.height : 16 / 9;
  return (
    <Panel>
      <div className="flex border-b border-line bg-sunken">
        <div className="relative h-[315px] w-[560px] flex-none max-wide:h-[270px] max-wide:w-[480px]">
          <video
            ref={player.attach}
            src={creative.videoUrl ?? undefined}
            poster={creative.thumbnailUrl ?? undefined}
            preload="metadata"
            muted
            playsInline
            aria-label={`${creative.name}, video`}
            onClick={player.toggle}
            onError={() => {
              // Once an address: a file that is really gone must not be asked for over and over.
              if (failed.current === creative.videoUrl) return;
              failed.current = creative.videoUrl;
              onExpired();
            }}
            className="absolute inset-0 size-full bg-sunken object-contain"
          />
          <Overlay ratio={ratio} safe={safe} qr={qr} />
        </div>
        <div className="min-w-0 flex-1 p-4 max-wide:p-3">
          <div className="font-mono text-figure tracking-[-.02em] max-wide:text-title">{here}</div>
          <div className="meta text-fg-3">
            of {fps === null ? seconds(durationMs) : `${timeCode(durationMs, fps)}, ${fps} fps`}
          </div>
          <Facts
            className="mt-3.5"
            items={[
              ...(fps === null
                ? []
                : [
                    [
                      'Frame',
                      `${Math.min(frameAt(player.atMs, fps) + 1, frameCount(durationMs, fps))} of ${frameCount(durationMs, fps)}`,
                    ] as const,
                  ]),
              ['Time', seconds(player.atMs)],
              ...(creative.width && creative.height
                ? [['Picture', `${creative.width} x ${creative.height}`] as const]
                : []),
              ...(stretch
                ? [
                    [
                      'Here',
                      <span key="here" className="text-warn">
                        {stretch.kind}
                      </span>,
                    ] as const,
                  ]
                : []),
            ]}
          />
          <div className="mt-3.5">
            <Switch checked={safe} onChange={setSafe} label="Safe areas" />
            <Switch checked={qr} onChange={setQr} label="QR zone" />
          </div>
        </div>
      </div>
      <div className="flex h-9 items-center gap-1.5 border-b border-line px-3">
        <IconButton
          icon={player.playing ? Pause : Play}
          look="secondary"
          label={player.playing ? 'Pause' : 'Play'}
          onClick={player.toggle}
        />
        <IconButton icon={ChevronLeft} label="One frame back" onClick={() => player.step(-1)} />
        <IconButton icon={ChevronRight} label="One frame on" onClick={() => player.step(1)} />
        <span className="meta flex items-center gap-1 text-fg-3">
          Frame <Kbd>,</Kbd> <Kbd>.</Kbd>
        </span>
        <span className="ml-auto" />
        {marks.length > 0 && (
          <span className="meta flex items-center gap-1 text-fg-3">
            Findings <Kbd>[</Kbd> <Kbd>]</Kbd>
          </span>
        )}
        <IconButton
          icon={player.muted ? VolumeX : Volume2}
          label={player.muted ? 'Sound on' : 'Sound off'}
          onClick={player.toggleSound}
        />
        <IconButton icon={Maximize} label="Full screen" onClick={player.fullScreen} />
      </div>
      <Filmstrip
        frames={creative.frames}
        durationMs={durationMs}
        fps={fps}
        atMs={player.atMs}
        marks={marks}
        stretches={measurement?.stretches ?? []}
        onSeek={player.seek}
        onStep={player.step}
      />
    </Panel>
  );
}
