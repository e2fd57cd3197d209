import '@xyflow/react/dist/style.css'
import { Box, useComputedColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Background, Controls, MiniMap, ReactFlow } from '@xyflow/react'
import { useMemo, useState } from 'react'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { statusColor } from '../../design/status.js'
import { type AssetNode, type GroupNode, nodeTypes } from './cards.js'
import { fold, type GraphNode } from './fold.js'
import { layout } from './layout.js'
import { related } from './select.js'

/** Told in advance, so that the map knows them before anything was measured. */
const size = { width: 230, height: 74 }

export interface GraphProps {
  readonly assets: readonly AssetSummary[]
  readonly isFolded: (group: string) => boolean
  readonly onUnfold: (group: string) => void
}

/** The assets from left to right, in the direction of the data. Pointing at one shows what it needs and what needs it. */
export function Graph({ assets, isFolded, onUnfold }: GraphProps) {
  const scheme = useComputedColorScheme('light')
  const navigate = useNavigate()
  const [focus, setFocus] = useState<string>()
  const folded = useMemo(() => fold(assets, isFolded), [assets, isFolded])
  const places = useMemo(() => new Map(layout(folded).map((place) => [place.key, place])), [folded])
  const near = useMemo(() => (focus === undefined ? undefined : related(assets, focus)), [assets, focus])
  const isNear = (node: GraphNode) =>
    !near || (node.asset ? near.has(node.key) : node.folded?.assets.some((asset) => near.has(asset.key)))
  const nodes = folded.map((node): AssetNode | GroupNode => {
    const { x = 0, y = 0 } = places.get(node.key) ?? {}
    const common = { id: node.key, position: { x, y }, ...size, style: { opacity: isNear(node) ? 1 : 0.2 } }
    return node.asset
      ? { ...common, type: 'asset', data: { asset: node.asset }, ariaLabel: `${node.key}, ${node.asset.health}` }
      : { ...common, type: 'folded', data: { folded: node.folded as NonNullable<typeof node.folded> } }
  })
  const byKey = new Map(folded.map((node) => [node.key, node]))
  const edges = folded.flatMap((node) =>
    node.deps.map((dep) => ({
      id: `${dep} ${node.key}`,
      source: dep,
      target: node.key,
      animated: node.asset?.health === 'running',
      style: { opacity: isNear(node) && isNear(byKey.get(dep) as GraphNode) ? 1 : 0.1 },
    })),
  )
  return (
    <Box flex={1} mih={300} style={{ border: '1px solid var(--mantine-color-default-border)' }}>
      <ReactFlow<AssetNode | GroupNode>
        // A graph of another shape is looked at anew.
        key={folded.length}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ padding: 0.04 }}
        minZoom={0.05}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        proOptions={{ hideAttribution: true }}
        onNodeMouseEnter={(_, node) => node.type === 'asset' && setFocus(node.id)}
        onNodeMouseLeave={() => setFocus(undefined)}
        onNodeClick={(_, node) =>
          node.type === 'asset'
            ? void navigate({ to: '/assets/$key', params: { key: node.id }, search: {} })
            : onUnfold(node.data.folded.group)
        }
      >
        <Background />
        <Controls showInteractive={false} />
        <MiniMap
          pannable
          zoomable
          ariaLabel="Map of the graph"
          nodeColor={(node) => statusColor(healthOf(node as AssetNode | GroupNode))}
        />
      </ReactFlow>
    </Box>
  )
}

const healthOf = (node: AssetNode | GroupNode) =>
  node.type === 'asset' ? node.data.asset.health : node.data.folded.health
