import { Group, SegmentedControl, Stack, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { MaterializeButton } from '../../design/materialize-button.js'
import { Empty, Loaded } from '../../design/states.js'
import { Graph } from './graph.js'
import { selected } from './select.js'

const route = getRouteApi('/lineage')
/** From this many assets on, a graph is read group by group first. */
const foldedFrom = 150

export function LineagePage() {
  const query = useQuery({ queryKey: ['assets'], queryFn: () => get<{ assets: AssetSummary[] }>('/assets') })
  return (
    <Stack h="calc(100dvh - 80px)" gap="xs">
      <Loaded query={query}>{({ assets }) => <Content assets={assets} />}</Loaded>
    </Stack>
  )
}

function Content({ assets }: { assets: readonly AssetSummary[] }) {
  const { q, view, open } = route.useSearch()
  const navigate = useNavigate()
  const show = (change: { q?: string | undefined; view?: string | undefined; open?: string | undefined }) =>
    void navigate({ to: '/lineage', search: { q, view, open, ...change }, replace: change.q !== undefined })
  const keys = useMemo(() => selected(assets, q ?? ''), [assets, q])
  const visible = useMemo(() => assets.filter((asset) => keys.has(asset.key)), [assets, keys])
  const byGroup = view === undefined ? visible.length >= foldedFrom : view === 'groups'
  const isFolded = useCallback((group: string) => byGroup && !(open ?? '').split(',').includes(group), [byGroup, open])
  const isAll = visible.length === assets.length
  return (
    <>
      <Group justify="space-between">
        <Title order={2}>Lineage</Title>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label="Show assets or groups"
            data={['assets', 'groups']}
            value={byGroup ? 'groups' : 'assets'}
            onChange={(value) => show({ view: value, open: undefined })}
          />
          <TextInput
            size="xs"
            w={240}
            aria-label="Filter"
            placeholder="name, +name, name+, group:…, kind:…"
            title="A part of the key; +name with all it needs, name+ with all that needs it; group:, kind:, tag:, owner:"
            value={q ?? ''}
            onChange={(event) => show({ q: event.currentTarget.value })}
          />
          {visible.length > 0 && (
            <MaterializeButton
              selection={isAll ? '*' : visible.map((asset) => asset.key).join(' ')}
              label={isAll ? 'Materialize all' : `Materialize these ${visible.length}`}
            />
          )}
        </Group>
      </Group>
      {assets.length === 0 ? (
        <Empty title="No assets">Add a connection below extract_load or a model to the dbt project.</Empty>
      ) : visible.length === 0 ? (
        <Empty title="Nothing matches">Filter by a part of a key, group:, kind:, tag: or owner:.</Empty>
      ) : (
        <Graph
          assets={visible}
          isFolded={isFolded}
          onUnfold={(group) => show({ open: [open, group].filter(Boolean).join(',') })}
        />
      )}
    </>
  )
}
