import { getProfile, getStatus, listCampaigns, type Profile, signOut } from '@cuepoint/contract';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { CircleQuestionMark, FlaskConical, LogOut, Moon, Plus, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { call, queries, useRead } from '../api.ts';
import { setTheme, useTheme } from '../design/theme.ts';
import { ToastProvider } from '../design/toast.tsx';
import { subscribeLive } from '../live.ts';
import { Banner } from './banner.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Nav } from './nav.tsx';
import { navGroups } from './nav-items.ts';
import { type Command, PageProvider, useCommands, usePage } from './page-context.tsx';
import { Palette } from './palette.tsx';
import { useShortcutKeys } from './shortcuts.ts';
import { SimulatedDrawer } from './simulated-drawer.tsx';
import { StatusLine } from './status-line.tsx';
import { TopBar } from './top-bar.tsx';

/** How often figures that no event announces are asked again: requests a second, latency. */
const statusEveryMs = 5000;

export function AppShell() {
  const profile = useRead(getProfile, {});
  if (!profile.data) return null;
  return (
    <ToastProvider>
      <PageProvider>
        <Frame profile={profile.data} />
      </PageProvider>
    </ToastProvider>
  );
}

function Frame({ profile }: { profile: Profile }) {
  const navigate = useNavigate();
  const { crumbs, commands } = usePage();
  const theme = useTheme();
  const [live, setLive] = useState(true);
  const [open, setOpen] = useState<'palette' | 'help' | 'simulated' | null>(null);
  const status = useRead(getStatus, {}, { everyMs: statusEveryMs });
  const campaigns = useRead(listCampaigns, { limit: 1 });
  useEffect(() => subscribeLive(setLive), []);
  const signedOut = status.error?.status === 401;
  useEffect(() => {
    if (!signedOut) return;
    queries.clear();
    const next = `${location.pathname}${location.search}`;
    void navigate({ to: '/sign-in', search: next === '/' ? {} : { next } });
  }, [signedOut, navigate]);

  const page = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shownPath = useRef(pathname);
  useEffect(() => {
    if (shownPath.current === pathname) return;
    shownPath.current = pathname;
    // A new screen starts at its top, for the keyboard and the screen reader too.
    page.current?.scrollTo(0, 0);
    page.current?.focus({ preventScroll: true });
  }, [pathname]);

  const leave = async () => {
    await call(signOut, {});
    queries.clear();
    await navigate({ to: '/sign-in' });
  };
  const own: Command[] = [
    ...navGroups.flatMap((group) =>
      group.items.map((item) => ({
        id: `go ${item.to}`,
        group: 'Go to' as const,
        label: `Go to ${item.label}`,
        icon: item.icon,
        keys: item.keys,
        run: () => void navigate({ to: item.to }),
      })),
    ),
    {
      id: 'new campaign',
      group: 'Actions',
      label: 'New campaign',
      icon: Plus,
      keys: 'c',
      run: () => void navigate({ to: '/campaigns/new' }),
    },
    {
      id: 'search',
      group: 'Actions',
      label: 'Search',
      icon: Search,
      keys: '/',
      run: () => {
        const field = document.querySelector<HTMLInputElement>('input[type="search"]');
        if (field) field.focus();
        else setOpen('palette');
      },
    },
    {
      id: 'simulated',
      group: 'Actions',
      label: 'What is simulated',
      icon: FlaskConical,
      run: () => setOpen('simulated'),
    },
    {
      id: 'theme',
      group: 'Actions',
      label: theme === 'light' ? 'Use the dark theme' : 'Use the light theme',
      icon: Moon,
      run: () => setTheme(theme === 'light' ? 'dark' : 'light'),
    },
    {
      id: 'help',
      group: 'Actions',
      label: 'Help and shortcuts',
      icon: CircleQuestionMark,
      keys: '?',
      run: () => setOpen('help'),
    },
    { id: 'sign out', group: 'Actions', label: 'Sign out', icon: LogOut, run: () => void leave() },
  ];
  useCommands(own);
  useShortcutKeys((keys) => (open ? undefined : commands.findLast((command) => command.keys === keys)?.run));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen((shown) => (shown === 'palette' ? null : 'palette'));
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const marked = Boolean(
    status.data && (status.data.simulatedPlatforms.length > 0 || status.data.demo.loaded),
  );
  useEffect(() => {
    document.documentElement.style.setProperty('--shell-top', marked ? 'var(--banner-h)' : '0px');
  }, [marked]);
  return (
    <div
      className="grid h-dvh grid-cols-[var(--nav-w)_minmax(0,1fr)] max-wide:grid-cols-[48px_minmax(0,1fr)]"
      style={{ gridTemplateRows: `${marked ? 'var(--banner-h)' : '0px'} minmax(0, 1fr) var(--status-h)` }}
    >
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-1.5"
      >
        Skip to the page
      </a>
      {marked && status.data ? (
        <Banner status={status.data} onDetails={() => setOpen('simulated')} />
      ) : (
        <div className="col-span-full" />
      )}
      <Nav
        profile={profile}
        counts={{ '/campaigns': campaigns.data?.total }}
        onHelp={() => setOpen('help')}
      />
      <div className="flex min-h-0 min-w-0 flex-col">
        <TopBar
          crumbs={crumbs}
          profile={profile}
          onCommand={() => setOpen('palette')}
          onSignOut={() => void leave()}
        />
        <main ref={page} id="page" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
          <Outlet />
        </main>
      </div>
      <StatusLine status={status.data} reachable={!status.isError} live={live} />
      <Palette open={open === 'palette'} onClose={() => setOpen(null)} commands={commands} />
      <HelpDialog open={open === 'help'} onClose={() => setOpen(null)} commands={commands} />
      {status.data && (
        <SimulatedDrawer
          open={open === 'simulated'}
          onClose={() => setOpen(null)}
          status={status.data}
          mayAdminister={profile.permissions.includes('demo:administer')}
        />
      )}
    </div>
  );
}
