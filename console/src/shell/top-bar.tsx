import type { Profile } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { BookOpen, ChevronRight, LogOut, Monitor, Moon, Search, Sun } from 'lucide-react';
import { Fragment } from 'react';
import { Kbd } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu } from '../design/menu.tsx';
import { setTheme, useTheme } from '../design/theme.ts';
import type { Crumb } from './page-context.tsx';

function initials(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? '') + (words[1]?.[0] ?? '')).toUpperCase() || '?';
}

const themes = [
  ['system', 'System theme', Monitor],
  ['light', 'Light theme', Sun],
  ['dark', 'Dark theme', Moon],
] as const;

/** Where I am, the command field, and me. */
export function TopBar({
  crumbs,
  profile,
  onCommand,
  onSignOut,
}: {
  crumbs: readonly Crumb[];
  profile: Profile;
  onCommand: () => void;
  onSignOut: () => void;
}) {
  const theme = useTheme();
  const mac = navigator.userAgent.includes('Mac');
  return (
    <header className="flex h-11 flex-none items-center gap-2 border-b border-line pr-4 pl-5">
      <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-1.5 text-fg-3">
        {crumbs.map((crumb, at) => (
          <Fragment key={crumb.label}>
            {at > 0 && <Icon of={ChevronRight} />}
            {at === crumbs.length - 1 ? (
              <b aria-current="page" className="truncate font-medium text-fg">
                {crumb.label}
              </b>
            ) : crumb.to ? (
              <Link to={crumb.to} className="truncate rounded-md hover:text-fg">
                {crumb.label}
              </Link>
            ) : (
              <span>{crumb.label}</span>
            )}
          </Fragment>
        ))}
      </nav>
      <button
        type="button"
        onClick={onCommand}
        aria-keyshortcuts="Meta+K Control+K"
        className="ml-auto flex h-7 w-70 flex-none items-center gap-2 rounded-md border border-line-strong bg-surface pr-1.5 pl-2 text-fg-3 hover:bg-hover max-wide:w-auto max-wide:px-1.5"
      >
        <Icon of={Search} className="max-wide:hidden" />
        <span className="max-wide:sr-only">Search or run a command</span>
        <Kbd className="ml-auto">{mac ? '⌘K' : 'Ctrl K'}</Kbd>
      </button>
      <Menu
        label="Account"
        head={
          <span className="block leading-4">
            <span className="block font-medium">{profile.displayName}</span>
            {profile.email && <span className="block text-sm text-fg-3">{profile.email}</span>}
          </span>
        }
        groups={[
          themes.map(([choice, label, icon]) => ({
            label,
            icon,
            aside: theme === choice ? 'chosen' : undefined,
            onSelect: () => setTheme(choice),
          })),
          [
            {
              label: 'API documentation',
              icon: BookOpen,
              onSelect: () => window.open('/docs', '_blank', 'noopener'),
            },
            { label: 'Sign out', icon: LogOut, onSelect: onSignOut },
          ],
        ]}
        trigger={
          <button
            type="button"
            className="grid size-6 flex-none place-items-center rounded-md border border-line-strong bg-hover text-axis font-strong text-fg-2"
          >
            <span aria-hidden="true">{initials(profile.displayName)}</span>
            <span className="sr-only">Account: {profile.displayName}</span>
          </button>
        }
      />
    </header>
  );
}
