import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Group,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import {
  IconClock,
  IconDatabaseSearch,
  IconLayoutDashboard,
  IconMoon,
  IconPlayerPlay,
  IconPlug,
  IconSearch,
  IconSitemap,
  IconSun,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import type { AssetSummary } from '../../src/server/contract/index.js'
import { get } from './api/client.js'
import { useLive } from './api/live.js'

const pages = [
  { to: '/', label: 'Overview', Icon: IconLayoutDashboard },
  { to: '/lineage', label: 'Lineage', Icon: IconSitemap },
  { to: '/connections', label: 'Connections', Icon: IconPlug },
  { to: '/runs', label: 'Runs', Icon: IconPlayerPlay },
  { to: '/automation', label: 'Automation', Icon: IconClock },
  { to: '/query', label: 'Query', Icon: IconDatabaseSearch },
] as const

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure()
  const isLive = useLive()
  const { toggleColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const path = useRouterState({ select: (state) => state.location.pathname })
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 180, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a
        href="#main"
        className="skip"
        style={{ position: 'absolute', left: -999 }}
        onFocus={(event) => {
          event.currentTarget.style.left = '8px'
        }}
        onBlur={(event) => {
          event.currentTarget.style.left = '-999px'
        }}
      >
        Skip to content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Text fw={700}>Millrace</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            {!isLive && (
              <Badge color="yellow" variant="light">
                reconnecting …
              </Badge>
            )}
            <ActionIcon variant="default" aria-label="Search (Ctrl K)" title="Search (Ctrl K)" onClick={spotlight.open}>
              <IconSearch size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" aria-label="Light or dark" title="Light or dark" onClick={toggleColorScheme}>
              {scheme === 'dark' ? <IconSun size={16} aria-hidden /> : <IconMoon size={16} aria-hidden />}
            </ActionIcon>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label="Pages">
        {pages.map((page) => (
          <NavLink
            key={page.to}
            component={Link}
            to={page.to}
            label={page.label}
            leftSection={<page.Icon size={16} aria-hidden />}
            active={page.to === '/' ? path === '/' : path.startsWith(page.to)}
            onClick={close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <Outlet />
      </AppShell.Main>
      <Palette />
    </AppShell>
  )
}

/** Finds any page and any asset. */
function Palette() {
  const navigate = useNavigate()
  const assets = useQuery({ queryKey: ['assets'], queryFn: () => get<{ assets: AssetSummary[] }>('/assets') })
  const actions = [
    ...pages.map((page) => ({
      id: page.to,
      label: page.label,
      description: 'Page',
      onClick: () => void navigate({ to: page.to }),
    })),
    ...(assets.data?.assets ?? []).map((asset) => ({
      id: asset.key,
      label: asset.key,
      description: asset.kinds.join(', '),
      onClick: () => void navigate({ to: '/assets/$key', params: { key: asset.key } }),
    })),
  ]
  return (
    <Spotlight
      actions={actions}
      shortcut={['mod + K']}
      limit={20}
      searchProps={{ placeholder: 'Find a page or an asset …', 'aria-label': 'Search' }}
      nothingFound="Nothing found"
    />
  )
}
