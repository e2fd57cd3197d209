import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { basePath } from './api/base-path.js'
import { Gate } from './shell/gate.js'
import { NotFound } from './shell/not-found.js'

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound })
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** `2024-01-31`; people edit addresses, and no day is none. */
const day = (value: unknown) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined

interface ModelsSearch {
  q?: string | undefined
  /** `database` instead of `folder`. */
  by?: string | undefined
  tab?: string | undefined
}
const modelsSearch = ({ q, by, tab }: Record<string, unknown>): ModelsSearch => ({
  q: text(q),
  by: text(by),
  tab: text(tab),
})

interface AssetSearch {
  tab?: string | undefined
  /** One that was chosen, or several as a range. */
  partition?: string | undefined
  partitions?: string | undefined
  /** Of several dimensions: which two are shown, and at which keys the others are held. */
  across?: string | undefined
  down?: string | undefined
  hold?: Record<string, string> | undefined
}
const assetSearch = ({ tab, partition, partitions, across, down, hold }: Record<string, unknown>): AssetSearch => ({
  tab: text(tab),
  // A key such as 2024 is read as a number.
  partition: text(typeof partition === 'number' ? String(partition) : partition),
  partitions: text(partitions),
  across: text(across),
  down: text(down),
  hold:
    typeof hold === 'object' && hold !== null
      ? Object.fromEntries(Object.entries(hold).map(([name, key]) => [name, String(key)]))
      : undefined,
})

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('./pages/overview/index.js'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/lineage',
    validateSearch: (
      search,
    ): {
      q?: string | undefined
      view?: string | undefined
      open?: string | undefined
      at?: string | undefined
      /** `asset.column`: only the way of this field. */
      field?: string | undefined
    } => ({
      q: text(search.q),
      view: text(search.view),
      open: text(search.open),
      at: text(search.at),
      field: text(search.field),
    }),
    component: lazyRouteComponent(() => import('./pages/lineage/index.js'), 'LineagePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/assets',
    validateSearch: (
      search,
    ): {
      q?: string | undefined
      kind?: string | undefined
      group?: string | undefined
      status?: string | undefined
    } => ({
      q: text(search.q),
      kind: text(search.kind),
      group: text(search.group),
      status: text(search.status),
    }),
    component: lazyRouteComponent(() => import('./pages/assets/index.js'), 'AssetsPage'),
  }),
  // People type an asset's key as it reads, with its slashes.
  createRoute({
    getParentRoute: () => root,
    path: '/assets/$folder/$name',
    beforeLoad: ({ params, search }) => {
      const key = `${params.folder}/${params.name}`
      throw redirect({ to: '/assets/$key', params: { key }, search, replace: true })
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/assets/$key',
    validateSearch: (search): AssetSearch => assetSearch(search),
    component: lazyRouteComponent(() => import('./pages/asset/index.js'), 'AssetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/models',
    validateSearch: (search): ModelsSearch => modelsSearch(search),
    component: lazyRouteComponent(() => import('./pages/models/index.js'), 'ModelsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/models/$id',
    validateSearch: (search): ModelsSearch => modelsSearch(search),
    component: lazyRouteComponent(() => import('./pages/models/index.js'), 'ModelPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs',
    validateSearch: (
      search,
    ): {
      status?: string | undefined
      trigger?: string | undefined
      asset?: string | undefined
      tag?: string | undefined
      since?: string | undefined
      until?: string | undefined
      before?: string | undefined
    } => ({
      status: text(search.status),
      trigger: text(search.trigger),
      asset: text(search.asset),
      tag: text(search.tag),
      since: day(search.since),
      until: day(search.until),
      before: text(search.before),
    }),
    component: lazyRouteComponent(() => import('./pages/runs/index.js'), 'RunsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$id',
    validateSearch: (search): { step?: string | undefined; level?: string | undefined; find?: string | undefined } => ({
      step: text(search.step),
      level: text(search.level),
      find: text(search.find),
    }),
    component: lazyRouteComponent(() => import('./pages/run/index.js'), 'RunPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connections',
    component: lazyRouteComponent(() => import('./pages/connections/index.js'), 'ConnectionsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connections/new',
    validateSearch: (search): { connector?: string | undefined; step?: string | undefined } => ({
      connector: text(search.connector),
      step: text(search.step),
    }),
    component: lazyRouteComponent(() => import('./pages/new-connection/index.js'), 'NewConnectionPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connections/$name',
    validateSearch: (search): { tab?: string | undefined } => ({ tab: text(search.tab) }),
    component: lazyRouteComponent(() => import('./pages/connections/connection.js'), 'ConnectionPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connectors',
    validateSearch: (search): { kind?: 'destination' | undefined; add?: 'address' | 'text' | 'start' | undefined } => ({
      kind: search.kind === 'destination' ? 'destination' : undefined,
      add: (['address', 'text', 'start'] as const).find((way) => way === search.add),
    }),
    component: lazyRouteComponent(() => import('./pages/connectors/index.js'), 'ConnectorsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connectors/$name',
    validateSearch: (search): { kind?: 'destination' | undefined } => ({
      kind: search.kind === 'destination' ? 'destination' : undefined,
    }),
    component: lazyRouteComponent(() => import('./pages/connectors/connector.js'), 'ConnectorPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connectors/$name/edit',
    component: lazyRouteComponent(() => import('./pages/connector-builder/index.js'), 'ConnectorBuilderPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/deployment',
    component: lazyRouteComponent(() => import('./pages/deployment/index.js'), 'DeploymentPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/automation',
    component: lazyRouteComponent(() => import('./pages/automation/index.js'), 'AutomationPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/query',
    validateSearch: (search): { sql?: string | undefined; run?: boolean | undefined } => ({
      sql: text(search.sql),
      run: search.run === true || undefined,
    }),
    component: lazyRouteComponent(() => import('./pages/query/index.js'), 'QueryPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    validateSearch: (search): { tab?: string | undefined } => ({ tab: text(search.tab) }),
    component: lazyRouteComponent(() => import('./pages/settings/index.js'), 'SettingsPage'),
  }),
] as const

export const router = createRouter({
  routeTree: root.addChildren([...routes]),
  basepath: basePath === '' ? '/' : basePath,
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
