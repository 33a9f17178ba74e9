import {
  Activity,
  ChartLine,
  HeartPulse,
  ListChecks,
  type LucideIcon,
  MonitorPlay,
  Route,
  Rows3,
  SearchCheck,
  ShieldCheck,
  Sun,
} from 'lucide-react';

export interface NavItem {
  label: string;
  to:
    | '/'
    | '/campaigns'
    | '/line-items'
    | '/placements'
    | '/why'
    | '/live'
    | '/health'
    | '/analytics'
    | '/supply-paths'
    | '/settings/privacy';
  icon: LucideIcon;
  keys: string;
}

/** Entries that exist. Groups without an entry are not shown. */
export const navGroups: readonly { name: string | null; items: readonly NavItem[] }[] = [
  { name: null, items: [{ label: 'Today', to: '/', icon: Sun, keys: 'g t' }] },
  {
    name: 'Plan',
    items: [
      { label: 'Campaigns', to: '/campaigns', icon: ListChecks, keys: 'g c' },
      { label: 'Line items', to: '/line-items', icon: Rows3, keys: 'g n' },
    ],
  },
  {
    name: 'Operate',
    items: [
      { label: 'Placements', to: '/placements', icon: MonitorPlay, keys: 'g v' },
      { label: 'Why', to: '/why', icon: SearchCheck, keys: 'g w' },
      { label: 'Live', to: '/live', icon: Activity, keys: 'g e' },
      { label: 'Health', to: '/health', icon: HeartPulse, keys: 'g h' },
    ],
  },
  {
    name: 'Learn',
    items: [
      { label: 'Analytics', to: '/analytics', icon: ChartLine, keys: 'g r' },
      { label: 'Supply paths', to: '/supply-paths', icon: Route, keys: 'g p' },
    ],
  },
  {
    name: 'Settings',
    items: [{ label: 'Privacy', to: '/settings/privacy', icon: ShieldCheck, keys: 'g y' }],
  },
];
