import {
  IconActivity,
  IconBox,
  IconClockPlay,
  IconFileTypeSql,
  IconLayoutDashboard,
  IconPlug,
  IconPlugConnected,
  IconServer2,
  IconSitemap,
  IconTerminal2,
} from '@tabler/icons-react'

/** The navigation; its order is that of the questions people come with. */
export const pages = [
  { to: '/', label: 'Overview', Icon: IconLayoutDashboard },
  { to: '/lineage', label: 'Lineage', Icon: IconSitemap },
  { to: '/assets', label: 'Assets', Icon: IconBox },
  { to: '/models', label: 'Models', Icon: IconFileTypeSql },
  { to: '/connections', label: 'Connections', Icon: IconPlugConnected },
  { to: '/runs', label: 'Runs', Icon: IconActivity },
  { to: '/automation', label: 'Automation', Icon: IconClockPlay },
  { to: '/query', label: 'Query', Icon: IconTerminal2 },
] as const

/** What is reached from elsewhere than the navigation; the search finds these, too. */
export const otherPages = [
  { to: '/connectors', label: 'Connectors', Icon: IconPlug },
  { to: '/deployment', label: 'Deployment', Icon: IconServer2 },
] as const

/** The page of the navigation that an address belongs to, if any. */
export function pageOf(path: string): string | undefined {
  const first = `/${path.split('/')[1] ?? ''}`
  // What connections are made of.
  const to = first === '/connectors' ? '/connections' : first
  return pages.find((page) => page.to === to)?.to
}

/** What the browser's tab says of an address. */
export function titleOf(path: string): string {
  const [, first = '', second] = path.split('/')
  if (first === 'settings') return 'Settings'
  const page = [...pages, ...otherPages].find((one) => one.to === `/${first}`)
  if (second === undefined || second === '') return page?.label ?? 'Not found'
  const name = decodeURIComponent(second)
  if (first === 'runs') return `Run ${name.slice(-8)}`
  if (first === 'models') return name.split('.').slice(2).join('.') || name
  return first === 'assets' ? name : `${name} · ${page?.label ?? first}`
}
