import { Button, Group, Select, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { CommandLine } from '../../design/command-line.js'
import { Page, Section } from '../../design/page.js'
import { Empty, Loaded, TableShape } from '../../design/states.js'
import { count, plural } from '../../design/text/time.js'
import { AssetTable } from './asset-table.js'
import { type AssetFilter, choices, matching } from './filter.js'

const route = getRouteApi('/assets')

/** Every asset in a list: for whoever knows a part of the name, or looks for what is not well. */
export function AssetsPage() {
  const query = useQuery({
    queryKey: ['assets'],
    queryFn: () => get<{ assets: AssetSummary[] }>('/assets'),
  })
  const assets = query.data?.assets
  return (
    <Page title="Assets" lead="Everything that the project loads, builds or reads, and how it stands.">
      {assets && assets.length > 0 && <Filters assets={assets} />}
      <Section isFlush>
        <Loaded query={query} skeleton={<TableShape rows={10} />}>
          {(answer) => <List assets={answer.assets} />}
        </Loaded>
      </Section>
    </Page>
  )
}

function Filters({ assets }: { assets: readonly AssetSummary[] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { kinds, groups, statuses } = useMemo(() => choices(assets), [assets])
  const found = useMemo(() => matching(assets, search).length, [assets, search])
  const change = (changed: AssetFilter) =>
    void navigate({ to: '/assets', search: { ...search, ...changed }, replace: true, resetScroll: false })
  const one = (label: string, name: 'kind' | 'group' | 'status', data: readonly string[]) => (
    <Select
      size="xs"
      w={148}
      clearable
      searchable
      aria-label={label}
      placeholder={`Any ${name}`}
      data={[...data]}
      value={search[name] ?? null}
      onChange={(value) => change({ [name]: value ?? undefined })}
    />
  )
  return (
    <Group gap="xs">
      <TextInput
        size="xs"
        w={260}
        aria-label="Find an asset"
        placeholder="Part of a key, a tag or the description"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search.q ?? ''}
        onChange={(event) => change({ q: event.currentTarget.value || undefined })}
      />
      {one('Kind', 'kind', kinds)}
      {one('Group', 'group', groups)}
      {one('Status', 'status', statuses)}
      <span role="status">
        {found === assets.length ? plural(found, 'asset') : `${count(found)} of ${plural(assets.length, 'asset')}`}
      </span>
    </Group>
  )
}

function List({ assets }: { assets: readonly AssetSummary[] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const found = useMemo(() => matching(assets, search), [assets, search])
  if (assets.length === 0)
    return (
      <Empty title="No assets yet">
        A connection's streams, dbt models and TypeScript assets are listed here as soon as the project has some.{' '}
        <CommandLine>millrace doctor</CommandLine> says what it finds.
      </Empty>
    )
  if (found.length === 0)
    return (
      <Empty title="No asset matches">
        <Button variant="default" onClick={() => void navigate({ to: '/assets', search: {} })}>
          Show all assets
        </Button>
      </Empty>
    )
  return <AssetTable assets={found} />
}
