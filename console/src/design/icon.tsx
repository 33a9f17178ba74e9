import type { LucideIcon } from 'lucide-react';
import { cx } from './cx.ts';

const sizes = { small: [13, 2], control: [14, 2], nav: [16, 1.75] } as const;

/** An icon beside a word; it never carries the meaning alone, so it is hidden from assistive technology. */
export function Icon({
  of: Glyph,
  size = 'control',
  className,
}: {
  of: LucideIcon;
  size?: keyof typeof sizes;
  className?: string | undefined;
}) {
  const [px, stroke] = sizes[size];
  return <Glyph size={px} strokeWidth={stroke} aria-hidden="true" className={cx('flex-none', className)} />;
}
