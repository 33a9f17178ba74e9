import { ToggleGroup } from 'radix-ui';
import type { ReactNode } from 'react';

export interface SegmentedOption<T extends string> {
  value: T;
  label: ReactNode;
}

/** Two to four views or modes of the same thing. Arrow keys move. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly SegmentedOption<T>[];
  onChange: (value: T) => void;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      aria-label={label}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onChange(chosen.value);
      }}
      className="inline-flex rounded-md border border-line-strong bg-surface"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className="flex h-6.5 items-center gap-1.5 border-r border-line px-2.5 text-fg-2 first:rounded-l-[3px] last:rounded-r-[3px] last:border-0 hover:text-fg data-[state=on]:bg-hover data-[state=on]:font-medium data-[state=on]:text-fg data-[state=on]:shadow-[inset_0_-2px_0_var(--accent-text)]"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
