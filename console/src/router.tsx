import { getDeployment, getProfile } from '@cuepoint/contract';
import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  Link,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { ApiError, call, keyOf, queries } from './api.ts';
import { buttonClass } from './design/button.tsx';
import { EmptyState, ErrorState, Skeleton } from './design/states.tsx';
import { type AnalyticsSearch, readAnalyticsSearch } from './screens/analytics/search.ts';
import { type CampaignsSearch, readCampaignsSearch } from './screens/campaigns/search.ts';
import { type CampaignTab, readCampaignTab } from './screens/campaigns/tabs.ts';
import { type LineItemsSearch, readLineItemsSearch } from './screens/line-items/search.ts';
import { type LiveSearch, readLiveSearch } from './screens/live/search.ts';
import { type PlacementsSearch, readPlacementsSearch } from './screens/placements/search.ts';
import { readSupplySearch, type SupplySearch } from './screens/supply-paths/search.ts';
import { readWhySearch, type WhySearch } from './screens/why/search.ts';
import { AppShell } from './shell/app-shell.tsx';

/** What a screen shows when it cannot go on. Inside the shell the rest stays usable. */
function Stopped({ error, reset }: ErrorComponentProps) {
  const api = error instanceof ApiError ? error : null;
  return (
    <div className="mx-auto mt-24 max-w-160 rounded-lg border border-line bg-surface">
      <ErrorState
        title={api?.problem?.status === 404 ? api.problem.title : 'This screen stopped'}
        requestId={api?.problem?.requestId}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      >
        {api
          ? (api.problem?.detail ?? 'The server did not answer.')
          : error instanceof Error
            ? `${error.message}.`
            : 'An error without a message.'}{' '}
        Serving of ads is not affected.
      </ErrorState>
    </div>
  );
}

const rootRoute = createRootRoute({
  component: Outlet,
  errorComponent: Stopped,
  notFoundComponent: () => (
    <main className="pt-24">
      <h1 className="sr-only">No such page</h1>
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
    </main>
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

/** A deployment is shown beside its campaign; this address finds the campaign. */
const deployment = createRoute({
  getParentRoute: () => shell,
  path: '/deployments/$deploymentId',
  loader: async ({ params }) => {
    const { campaignId, id } = await call(getDeployment, { deploymentId: params.deploymentId });
    throw redirect({
      to: '/campaigns/$campaignId',
      params: { campaignId },
      search: { tab: 'deployments', deployment: id },
      replace: true,
    });
  },
});

const supplyPaths = createRoute({
  getParentRoute: () => shell,
  path: '/supply-paths',
  validateSearch: (search: Record<string, unknown>): SupplySearch => readSupplySearch(search),
  component: lazyRouteComponent(() => import('./screens/supply-paths/supply-paths.tsx'), 'SupplyPaths'),
});

const analytics = createRoute({
  getParentRoute: () => shell,
  path: '/analytics',
  validateSearch: (search: Record<string, unknown>): AnalyticsSearch => readAnalyticsSearch(search),
  component: lazyRouteComponent(() => import('./screens/analytics/analytics.tsx'), 'Analytics'),
});

const lineItems = createRoute({
  getParentRoute: () => shell,
  path: '/line-items',
  validateSearch: (search: Record<string, unknown>): LineItemsSearch => readLineItemsSearch(search),
  component: lazyRouteComponent(() => import('./screens/line-items/list.tsx'), 'LineItems'),
});

const lineItem = createRoute({
  getParentRoute: () => shell,
  path: '/line-items/$lineItemId',
  component: lazyRouteComponent(() => import('./screens/line-items/detail.tsx'), 'LineItemDetail'),
});

const placements = createRoute({
  getParentRoute: () => shell,
  path: '/placements',
  validateSearch: (search: Record<string, unknown>): PlacementsSearch => readPlacementsSearch(search),
  component: lazyRouteComponent(() => import('./screens/placements/placements.tsx'), 'Placements'),
});

const why = createRoute({
  getParentRoute: () => shell,
  path: '/why',
  validateSearch: (search: Record<string, unknown>): WhySearch => readWhySearch(search),
  component: lazyRouteComponent(() => import('./screens/why/why.tsx'), 'Why'),
});

const live = createRoute({
  getParentRoute: () => shell,
  path: '/live',
  validateSearch: (search: Record<string, unknown>): LiveSearch => readLiveSearch(search),
  component: lazyRouteComponent(() => import('./screens/live/live.tsx'), 'Live'),
});

const health = createRoute({
  getParentRoute: () => shell,
  path: '/health',
  component: lazyRouteComponent(() => import('./screens/health/health.tsx'), 'Health'),
});

const privacy = createRoute({
  getParentRoute: () => shell,
  path: '/settings/privacy',
  component: lazyRouteComponent(() => import('./screens/settings/privacy.tsx'), 'Privacy'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signIn,
    signInLink,
    shell.addChildren([
      today,
      campaigns,
      newCampaign,
      campaign,
      lineItems,
      lineItem,
      deployment,
      creative,
      placements,
      why,
      live,
      health,
      analytics,
      supplyPaths,
      privacy,
    ]),
  ]),
  defaultErrorComponent: Stopped,
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  defaultPendingComponent: () => <Skeleton rows={8} className="p-5" />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
