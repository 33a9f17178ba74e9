import { ListChecks, type LucideIcon, Route, Sun } from 'lucide-react';

export interface NavItem {
  label: string;
  to: '/' | '/campaigns' | '/supply-paths';
  icon: LucideIcon;
  keys: string;
}

/** Entries that exist. Groups without an entry are not shown. */
export const navGroups: readonly { name: string | null; items: readonly NavItem[] }[] = [
  { name: null, items: [{ label: 'Today', to: '/', icon: Sun, keys: 'g t' }] },
  { name: 'Plan', items: [{ label: 'Campaigns', to: '/campaigns', icon: ListChecks, keys: 'g c' }] },
  { name: 'Learn', items: [{ label: 'Supply paths', to: '/supply-paths', icon: Route, keys: 'g p' }] },
];
