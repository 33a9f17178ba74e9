import { uploadCreative } from '@cuepoint/contract';
import { useNavigate } from '@tanstack/react-router';
import { Upload } from 'lucide-react';
import { type DragEvent, useId, useRef, useState } from 'react';
import { ApiError, call, queries } from '../../api.ts';
import { Button, buttonClass } from '../../design/button.tsx';
import { ShareBar } from '../../design/charts/small.tsx';
import { cx } from '../../design/cx.ts';
import { bytes, percent } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { Panel } from '../../design/panel.tsx';
import { useToast } from '../../design/toast.tsx';
import { Problem } from '../../problem.tsx';
import { uploadingFetch } from '../../upload.ts';

interface Sending {
  name: string;
  size: number;
  share: number;
  cancel: () => void;
}

/** Drop a file or choose one: both lead to the same place, so that no drag is ever needed. */
export function UploadZone({ campaignId }: { campaignId: string }) {
  const navigate = useNavigate();
  const toast = useToast();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<Sending | null>(null);
  const [error, setError] = useState<ApiError | null>(null);

  const send = async (file: File) => {
    const abort = new AbortController();
    setError(null);
    setSending({ name: file.name, size: file.size, share: 0, cancel: () => abort.abort() });
    try {
      const creative = await call(
        uploadCreative,
        { campaignId, file },
        { signal: abort.signal },
        uploadingFetch((share) => setSending((current) => current && { ...current, share })),
      );
      void queries.invalidateQueries();
      toast({ text: `${creative.name} uploaded; it is being measured` });
      await navigate({ to: '/creatives/$creativeId', params: { creativeId: creative.id } });
    } catch (failure) {
      if (failure instanceof ApiError) setError(failure);
    } finally {
      setSending(null);
      if (field.current) field.current.value = '';
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && !sending) void send(file);
  };
  return (
    <Panel title="Bring a file" meta="MP4, measured by content" bodyClassName="p-3">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a pointer extra; the button does the same */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cx(
          'rounded-md border border-dashed px-3 py-5 text-center',
          over ? 'border-accent-text bg-accent-tint' : 'border-edge',
        )}
      >
        {sending ? (
          <div role="status">
            <p className="truncate font-medium">{sending.name}</p>
            <p className="mb-2 text-sm text-fg-3">
              {percent(sending.share, 0)} of {bytes(sending.size)}
              {sending.share >= 1 && ', being checked'}
            </p>
            <span className="inline-flex">
              <ShareBar share={sending.share} width={240} fill="var(--accent-text)" />
            </span>
            <div className="mt-2">
              <Button size="sm" onClick={sending.cancel}>
                Cancel
              </Button>
            </div>
          </div>
        ) : (
          <>
            <p className="mb-2 text-fg-2">Drop a video here, or</p>
            <input
              ref={field}
              id={id}
              type="file"
              accept="video/mp4,.mp4"
              className="peer sr-only"
              onChange={(event) => {
                const file = event.target.files?.[0];
                if (file) void send(file);
              }}
            />
            <label
              htmlFor={id}
              className={cx(
                buttonClass(),
                'cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-focus',
              )}
            >
              <Icon of={Upload} /> Choose a file
            </label>
          </>
        )}
      </div>
      {error && <Problem error={error} className="mt-3" />}
    </Panel>
  );
}
