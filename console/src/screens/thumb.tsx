import { Film } from 'lucide-react';
import { Icon } from '../design/icon.tsx';

/** A frame of the creative, or the place where it will be. The name stands beside it, so it has no text of its own. */
export function Thumb({
  url,
  width = 56,
  height = 32,
}: {
  url: string | null;
  width?: number;
  height?: number;
}) {
  return url ? (
    <img
      src={url}
      alt=""
      width={width}
      height={height}
      loading="lazy"
      className="flex-none rounded-sm bg-sunken object-cover"
      style={{ width, height }}
    />
  ) : (
    <span
      className="grid flex-none place-items-center rounded-sm bg-sunken text-fg-3"
      style={{ width, height }}
    >
      <Icon of={Film} />
    </span>
  );
}
