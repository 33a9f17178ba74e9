import type { LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

export interface MenuItem {
  label: string;
  icon?: LucideIcon;
  aside?: ReactNode;
  checked?: boolean;
  onSelect: () => void;
}

/** A menu under its button, in its place in the document. Not modal, so that nothing locks the page's scrolling. */
export function Menu({
  trigger,
  label,
  groups,
  head,
}: {
  trigger: ReactNode;
  label: string;
  head?: ReactNode;
  groups: readonly (readonly MenuItem[])[];
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Content
        aria-label={label}
        align="end"
        sideOffset={4}
        className="rise z-30 min-w-50 overflow-hidden rounded-lg bg-raised py-1 shadow-float"
      >
        {head && (
          <DropdownMenu.Label className="border-b border-line px-3 pt-1 pb-2">{head}</DropdownMenu.Label>
        )}
        {groups.map((items, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups have no identity of their own
          <DropdownMenu.Group key={at} className="border-t border-line py-1 first-of-type:border-0">
            {items.map((item) => (
              <DropdownMenu.Item
                key={item.label}
                onSelect={item.onSelect}
                className="flex h-8 cursor-pointer items-center gap-2 px-3 text-fg-2 outline-none data-[highlighted]:bg-accent-tint data-[highlighted]:text-fg data-[highlighted]:shadow-[inset_2px_0_0_var(--accent-text)]"
              >
                {item.icon && <Icon of={item.icon} />}
                {item.label}
                {item.aside && <span className="ml-auto pl-4 text-sm text-fg-3">{item.aside}</span>}
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Group>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
