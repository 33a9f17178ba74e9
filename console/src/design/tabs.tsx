import { Tabs as RadixTabs } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface TabItem<T extends string> {
  value: T;
  label: string;
  count?: number | undefined;
  content: ReactNode;
}

/** Views of one object. Arrow keys move; the content does not animate. */
export function Tabs<T extends string>({
  label,
  value,
  items,
  onChange,
  className,
  listClassName,
}: {
  label: string;
  value: T;
  items: readonly TabItem<T>[];
  onChange: (value: T) => void;
  className?: string;
  listClassName?: string;
}) {
  return (
    <RadixTabs.Root
      value={value}
      onValueChange={(next) => {
        const chosen = items.find((item) => item.value === next);
        if (chosen) onChange(chosen.value);
      }}
      className={className}
    >
      <RadixTabs.List
        aria-label={label}
        className={cx('flex flex-none gap-1 border-b border-line', listClassName)}
      >
        {items.map((item) => (
          <RadixTabs.Trigger
            key={item.value}
            value={item.value}
            className="relative flex h-8 items-center gap-1.5 px-2.5 text-fg-2 outline-offset-[-2px] hover:text-fg data-[state=active]:font-medium data-[state=active]:text-fg data-[state=active]:after:absolute data-[state=active]:after:inset-x-2.5 data-[state=active]:after:-bottom-px data-[state=active]:after:h-0.5 data-[state=active]:after:bg-accent-text"
          >
            {item.label}
            {item.count !== undefined && <span className="text-sm font-regular text-fg-3">{item.count}</span>}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {items.map((item) => (
        <RadixTabs.Content key={item.value} value={item.value} className="outline-none">
          {item.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  );
}
