import '@xyflow/react/dist/style.css'
import { Box, Group, Stack, Text, TextInput, Title, useComputedColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Background, Controls, Handle, MiniMap, type Node, type NodeProps, Position, ReactFlow } from '@xyflow/react'
import { useMemo, useState } from 'react'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { MaterializeButton } from '../../design/materialize-button.js'
import { Empty, Loaded } from '../../design/states.js'
import { Status, statusColor } from '../../design/status.js'
import { Ago, count } from '../../design/time.js'
import { layout } from './layout.js'

type AssetNode = Node<{ asset: AssetSummary }, 'asset'>
const route = getRouteApi('/lineage')

export function LineagePage() {
  const query = useQuery({ queryKey: ['assets'], queryFn: () => get<{ assets: AssetSummary[] }>('/assets') })
  const { q } = route.useSearch()
  const navigate = useNavigate()
  return (
    <Stack h="calc(100dvh - 80px)" gap="xs">
      <Group justify="space-between">
        <Title order={2}>Lineage</Title>
        <Group gap="xs">
          <TextInput
            size="xs"
            w={240}
            aria-label="Filter"
            placeholder="name, group:marts, kind:model, tag:…"
            value={q ?? ''}
            onChange={(event) =>
              void navigate({ to: '/lineage', search: { q: event.currentTarget.value || undefined }, replace: true })
            }
          />
          <MaterializeButton
            selection={q && /^[\w*:/+]+$/.test(q) && q.includes(':') ? q : '*'}
            label={q?.includes(':') ? `Materialize ${q}` : 'Materialize all'}
          />
        </Group>
      </Group>
      <Loaded query={query}>
        {({ assets }) =>
          assets.length === 0 ? (
            <Empty title="No assets">Add a connection below extract_load or a model to the dbt project.</Empty>
          ) : (
            <Graph assets={assets} filter={q ?? ''} />
          )
        }
      </Loaded>
    </Stack>
  )
}

function matches(asset: AssetSummary, filter: string): boolean {
  const [, field, value = ''] = /^(group|kind|tag|owner):(.*)$/.exec(filter) ?? []
  if (field === 'group') return asset.group.startsWith(value)
  if (field === 'kind') return asset.kinds.some((kind) => kind.startsWith(value))
  if (field === 'tag') return asset.tags.some((tag) => tag.startsWith(value))
  if (field === 'owner') return asset.owners.some((owner) => owner.startsWith(value))
  return asset.key.toLowerCase().includes(filter.toLowerCase())
}

function Graph({ assets, filter }: { assets: AssetSummary[]; filter: string }) {
  const scheme = useComputedColorScheme('light')
  const navigate = useNavigate()
  const [focus, setFocus] = useState<string>()
  const places = useMemo(() => new Map(layout(assets).map((place) => [place.key, place])), [assets])
  const near = useMemo(() => (focus === undefined ? undefined : related(assets, focus)), [assets, focus])
  const nodes: AssetNode[] = assets.map((asset) => ({
    id: asset.key,
    type: 'asset',
    position: { x: places.get(asset.key)?.x ?? 0, y: places.get(asset.key)?.y ?? 0 },
    data: { asset },
    style: { opacity: (filter !== '' && !matches(asset, filter)) || (near && !near.has(asset.key)) ? 0.2 : 1 },
    ariaLabel: `${asset.key}, ${asset.health}`,
  }))
  const known = new Set(assets.map((asset) => asset.key))
  const edges = assets.flatMap((asset) =>
    asset.deps
      .filter((dep) => known.has(dep))
      .map((dep) => ({
        id: `${dep} ${asset.key}`,
        source: dep,
        target: asset.key,
        animated: asset.health === 'running',
        style: { opacity: near && !(near.has(dep) && near.has(asset.key)) ? 0.1 : 0.6 },
      })),
  )
  return (
    <Box flex={1} mih={300} style={{ border: '1px solid var(--mantine-color-default-border)' }}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        minZoom={0.05}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        proOptions={{ hideAttribution: true }}
        onNodeMouseEnter={(_, node) => setFocus(node.id)}
        onNodeMouseLeave={() => setFocus(undefined)}
        onNodeClick={(_, node) => void navigate({ to: '/assets/$key', params: { key: node.id } })}
      >
        <Background />
        <Controls showInteractive={false} />
        <MiniMap pannable zoomable nodeColor={(node) => statusColor((node as AssetNode).data.asset.health)} />
      </ReactFlow>
    </Box>
  )
}

/** An asset with everything above and below it. */
function related(assets: readonly AssetSummary[], key: string): Set<string> {
  const found = new Set([key])
  const walk = (next: (of: string) => string[]) => {
    const queue = [key]
    for (let one = queue.pop(); one !== undefined; one = queue.pop())
      for (const other of next(one))
        if (!found.has(other)) {
          found.add(other)
          queue.push(other)
        }
  }
  const byKey = new Map(assets.map((asset) => [asset.key, asset]))
  walk((of) => byKey.get(of)?.deps ?? [])
  const above = new Set(found)
  walk((of) => assets.filter((asset) => asset.deps.includes(of) && !above.has(asset.key)).map((asset) => asset.key))
  return found
}

const nodeTypes = { asset: AssetCard }

function AssetCard({ data: { asset } }: NodeProps<AssetNode>) {
  const total = asset.checks.passed + asset.checks.warned + asset.checks.failed
  return (
    <Box
      w={220}
      p={6}
      style={{
        border: '1px solid var(--mantine-color-default-border)',
        borderLeft: `4px solid ${statusColor(asset.health)}`,
        borderRadius: 4,
        background: 'var(--mantine-color-body)',
        fontSize: 12,
        cursor: 'pointer',
      }}
      title={asset.healthReason}
    >
      <Handle type="target" position={Position.Left} style={{ visibility: 'hidden' }} />
      <Text size="xs" fw={600} truncate>
        {asset.key}
      </Text>
      <Group gap={4} justify="space-between" wrap="nowrap">
        <Status value={asset.health} title={asset.healthReason} />
        <Text size="xs" c="dimmed">
          {asset.kinds[0]}
        </Text>
      </Group>
      <Text size="xs" c="dimmed" truncate>
        {asset.rows === undefined ? '' : `${count(asset.rows)} rows · `}
        {total > 0 ? `${asset.checks.passed}/${total} checks · ` : ''}
        <Ago at={asset.lastMaterializedAt} />
      </Text>
      <Handle type="source" position={Position.Right} style={{ visibility: 'hidden' }} />
    </Box>
  )
}
