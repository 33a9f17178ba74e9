import type { Profile } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { CircleQuestionMark } from 'lucide-react';
import { Kbd } from '../design/button.tsx';
import { cx } from '../design/cx.ts';
import { Icon } from '../design/icon.tsx';
import { Mark } from '../design/mark.tsx';
import { navGroups } from './nav-items.ts';

const row =
  'relative flex h-7 items-center gap-2 rounded-md px-2 text-fg-2 outline-offset-[-2px] hover:bg-hover max-wide:h-8 max-wide:justify-center max-wide:px-0';
const active =
  'bg-accent-tint !text-fg font-medium [&>svg]:text-accent-text before:absolute before:inset-y-1.5 before:-left-2 before:w-0.5 before:bg-accent-text max-wide:before:-left-1.5';

const roleWords: Record<Profile['account']['role'], string> = {
  viewer: 'Viewer',
  planner: 'Planner',
  trafficker: 'Trafficker',
  reviewer: 'Reviewer',
  admin: 'Admin',
  agent: 'Agent',
};

/** Groups of screens at the left; icons only below 1000 px. */
export function Nav({
  profile,
  counts,
  onHelp,
}: {
  profile: Profile;
  counts: Partial<Record<string, number>>;
  onHelp: () => void;
}) {
  return (
    <nav
      aria-label="Main"
      className="row-start-2 row-end-4 flex min-h-0 flex-col overflow-y-auto border-r border-line p-2 max-wide:px-1.5"
    >
      <div className="mb-1 flex h-9 flex-none items-center gap-2 px-2 max-wide:justify-center max-wide:px-0">
        <Mark />
        <div className="min-w-0 leading-[15px] max-wide:hidden">
          <div className="truncate font-medium">{profile.account.name}</div>
          <div className="truncate text-sm text-fg-3">Your role: {roleWords[profile.account.role]}</div>
        </div>
      </div>
      {navGroups.map((group) => (
        <div key={group.name ?? 'first'} className="max-wide:mb-2">
          {group.name && (
            <div className="px-2 pt-3 pb-1 text-sm font-medium text-fg-3 max-wide:sr-only">{group.name}</div>
          )}
          {group.items.map((item) => (
            <Link
              key={item.to}
              to={item.to}
              activeOptions={{ exact: item.to === '/' }}
              title={item.label}
              className={row}
              activeProps={{ className: active, 'aria-current': 'page' }}
            >
              <Icon of={item.icon} size="nav" className="text-fg-3" />
              <span className="max-wide:sr-only">{item.label}</span>
              {counts[item.to] !== undefined ? (
                <span className="ml-auto text-sm font-regular text-fg-3 max-wide:hidden">
                  {counts[item.to]}
                </span>
              ) : (
                <Kbd className="ml-auto max-wide:hidden">{item.keys}</Kbd>
              )}
            </Link>
          ))}
        </div>
      ))}
      <button
        type="button"
        onClick={onHelp}
        title="Help and shortcuts"
        className={cx(row, 'mt-auto flex-none')}
      >
        <Icon of={CircleQuestionMark} size="nav" className="text-fg-3" />
        <span className="max-wide:sr-only">Help and shortcuts</span>
        <Kbd className="ml-auto max-wide:hidden">?</Kbd>
      </button>
    </nav>
  );
}
