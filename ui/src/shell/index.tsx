import {
  ActionIcon,
  AppShell,
  Burger,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { IconMoon, IconSearch, IconSun } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Health } from '../../../src/server/contract/index.js'
import { get } from '../api/client.js'
import { useLive } from '../api/live.js'
import { sessionKey } from '../api/session.js'
import { Mark } from '../design/mark.js'
import { setProjectName } from '../design/page.js'
import { Banners } from './banners.js'
import { HealthSummary, QueuePill } from './health.js'
import { pageOf, pages, titleOf } from './pages.js'
import classes from './shell.module.css'

const UserMenu = lazy(async () => ({ default: (await import('./user-menu.js')).UserMenu }))
const Palette = lazy(() => import('./palette.js').then((module) => ({ default: module.Palette })))
const healthEveryMs = 10_000
const modifier = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure()
  const [searches, setSearches] = useState(0)
  const search = () => setSearches((number) => number + 1)
  const live = useLive()
  const { toggleColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const path = useRouterState({ select: (state) => state.location.pathname })
  const health = useQuery({
    queryKey: ['health'],
    queryFn: () => get<Health>('/health'),
    refetchInterval: healthEveryMs,
  })
  useHotkeys([['mod+K', search]], [])
  const project = health.data?.project
  const client = useQueryClient()
  // Strangers are told the words alone: who is told no more than they has no session any more.
  useEffect(() => {
    if (health.dataUpdatedAt > 0 && project === undefined) void client.invalidateQueries({ queryKey: sessionKey })
  }, [client, project, health.dataUpdatedAt])
  useEffect(() => {
    if (project) setProjectName(project)
    document.title = `${titleOf(path)} · ${project ?? 'Millrace'}`
  }, [path, project])
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', md: 'lg' }}
    >
      <a href="#main" className="skip">
        Skip to content
      </a>
      <AppShell.Header className={classes.header}>
        <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
        <Link
          to="/"
          className={classes.brand}
          aria-label={`Millrace${project ? `, project ${project}` : ''}: overview`}
        >
          <Mark size={22} />
          <span className={classes.wordmark}>Millrace</span>
        </Link>
        {project && (
          <Text className={classes.project} title={`Project ${project}`}>
            {project}
          </Text>
        )}
        <span className={classes.gap} />
        {health.data && <QueuePill health={health.data} />}
        <button
          type="button"
          className={classes.search}
          onClick={search}
          aria-label={`Find anything ${modifier} K`}
          aria-keyshortcuts="Control+K Meta+K"
        >
          <IconSearch size={15} aria-hidden />
          <span className={classes.searchWords}>Find anything</span> <kbd className={classes.kbd}>{modifier} K</kbd>
        </button>
        <Tooltip label={scheme === 'dark' ? 'Light' : 'Dark'}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Light or dark" onClick={toggleColorScheme}>
            {scheme === 'dark' ? <IconSun size={17} aria-hidden /> : <IconMoon size={17} aria-hidden />}
          </ActionIcon>
        </Tooltip>
        <Suspense fallback={null}>
          <UserMenu />
        </Suspense>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} component="nav" aria-label="Pages">
        <ul className={classes.pages}>
          {pages.map((page) => {
            const isHere = page.to === pageOf(path)
            return (
              <li key={page.to}>
                <Link
                  to={page.to}
                  className={classes.page}
                  data-here={isHere || undefined}
                  aria-current={isHere ? 'page' : undefined}
                  onClick={close}
                >
                  <page.Icon size={17} stroke={1.7} aria-hidden />
                  {page.label}
                </Link>
              </li>
            )
          })}
        </ul>
        <HealthSummary health={health.data} isConnected={live.isConnected} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Banners live={live} health={health.data} />
        <Outlet />
      </AppShell.Main>
      {searches > 0 && (
        <Suspense fallback={null}>
          <Palette opened={searches} />
        </Suspense>
      )}
    </AppShell>
  )
}
