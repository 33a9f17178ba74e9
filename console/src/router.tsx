import { getProfile } from '@cuepoint/contract';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { ApiError, call, keyOf, queries } from './api.ts';
import { buttonClass } from './design/button.tsx';
import { EmptyState, ErrorState, Skeleton } from './design/states.tsx';
import { type CampaignsSearch, readCampaignsSearch } from './screens/campaigns/search.ts';
import { type CampaignTab, readCampaignTab } from './screens/campaigns/tabs.ts';
import { readSupplySearch, type SupplySearch } from './screens/supply-paths/search.ts';
import { AppShell } from './shell/app-shell.tsx';

const rootRoute = createRootRoute({
  component: Outlet,
  errorComponent: ({ error, reset }) => (
    <div className="mx-auto mt-24 max-w-160 rounded-lg border border-line bg-surface">
      <ErrorState
        title="The console stopped here"
        onRetry={reset}
        requestId={error instanceof ApiError ? error.problem?.requestId : undefined}
      >
        {error instanceof ApiError && error.status >= 500
          ? 'The server did not answer as it should. Serving of ads is not affected.'
          : `${error.message}. Serving of ads is not affected.`}
      </ErrorState>
    </div>
  ),
  notFoundComponent: () => (
    <EmptyState
      icon={SearchX}
      title="No such page"
      action={
        <Link to="/" className={buttonClass('primary')}>
          Go to Today
        </Link>
      }
    >
      The address does not belong to a screen of the console.
    </EmptyState>
  ),
});

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    // Only an address of this console: no way out to another site.
    typeof search.next === 'string' && /^\/(?![/\\])/.test(search.next) ? { next: search.next } : {},
  component: lazyRouteComponent(() => import('./screens/sign-in/sign-in.tsx'), 'SignIn'),
});

const signInLink = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in/link',
  component: lazyRouteComponent(() => import('./screens/sign-in/link.tsx'), 'SignInLink'),
});

const shell = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: AppShell,
  beforeLoad: async ({ location }) => {
    try {
      await queries.fetchQuery({
        queryKey: keyOf(getProfile, {}),
        queryFn: () => call(getProfile, {}),
        staleTime: 60_000,
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
      }
      throw error;
    }
  },
});

const today = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('./screens/today/today.tsx'), 'Today'),
});

const campaigns = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns',
  validateSearch: (search: Record<string, unknown>): CampaignsSearch => readCampaignsSearch(search),
  component: lazyRouteComponent(() => import('./screens/campaigns/list.tsx'), 'Campaigns'),
});

const newCampaign = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/new',
  component: lazyRouteComponent(() => import('./screens/campaigns/new.tsx'), 'NewCampaign'),
});

const campaign = createRoute({
  getParentRoute: () => shell,
  path: '/campaigns/$campaignId',
  validateSearch: (search: Record<string, unknown>): { tab?: CampaignTab; deployment?: string } => ({
    ...readCampaignTab(search.tab),
    ...(typeof search.deployment === 'string' ? { deployment: search.deployment } : {}),
  }),
  component: lazyRouteComponent(() => import('./screens/campaigns/detail.tsx'), 'CampaignDetailScreen'),
});

const creative = createRoute({
  getParentRoute: () => shell,
  path: '/creatives/$creativeId',
  validateSearch: (search: Record<string, unknown>): { pack?: string; deployment?: string } => ({
    ...(typeof search.pack === 'string' ? { pack: search.pack } : {}),
    ...(typeof search.deployment === 'string' ? { deployment: search.deployment } : {}),
  }),
  component: lazyRouteComponent(() => import('./screens/creatives/creative.tsx'), 'CreativeScreen'),
});

const supplyPaths = createRoute({
  getParentRoute: () => shell,
  path: '/supply-paths',
  validateSearch: (search: Record<string, unknown>): SupplySearch => readSupplySearch(search),
  component: lazyRouteComponent(() => import('./screens/supply-paths/supply-paths.tsx'), 'SupplyPaths'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signIn,
    signInLink,
    shell.addChildren([today, campaigns, newCampaign, campaign, creative, supplyPaths]),
  ]),
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  defaultPendingComponent: () => <Skeleton rows={8} className="p-5" />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
