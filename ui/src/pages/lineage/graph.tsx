import '@xyflow/react/dist/style.css'
import { Box, useComputedColorScheme, VisuallyHidden } from '@mantine/core'
import { Background, ReactFlow } from '@xyflow/react'
import { useMemo } from 'react'
import { type AssetNode, type GroupNode, nodeTypes } from './cards.js'
import classes from './cards.module.css'
import { type RoutedEdge, RoutedEdgePath } from './edge.js'
import type { GraphNode } from './fold.js'
import { moveWithKeys } from './keyboard.js'
import { cardHeight, cardWidth, type Layout } from './layout/index.js'
import { Neighbours, shownNames } from './select.js'
import { useViewpoint } from './viewpoint.js'

const edgeTypes = { routed: RoutedEdgePath }

export interface GraphProps {
  readonly nodes: readonly GraphNode[]
  readonly layout: Layout
  /** The key of the node that is looked at. */
  readonly focus: string | undefined
  readonly onFocus: (key: string | undefined) => void
  readonly onUnfold: (group: string) => void
  readonly onOpen: (key: string) => void
}

/** The assets from left to right, in the direction of the data. What is not above or below the focus steps back. */
export function Graph({ nodes, layout, focus, onFocus, onUnfold, onOpen }: GraphProps) {
  const scheme = useComputedColorScheme('light')
  const neighbours = useMemo(() => new Neighbours(nodes), [nodes])
  const near = useMemo(
    () =>
      focus === undefined
        ? undefined
        : { up: neighbours.reach([focus], 'up'), down: neighbours.reach([focus], 'down') },
    [neighbours, focus],
  )
  useViewpoint(layout, focus)
  const nameOf = useMemo(() => shownNames(nodes.flatMap(({ asset }) => (asset ? [asset.key] : []))), [nodes])
  const flowNodes = useMemo(
    () =>
      nodes.map((node) => {
        const isNear = !near || near.up.has(node.key) || near.down.has(node.key)
        return flowNode(node, layout, { isFocus: node.key === focus, isNear, nameOf })
      }),
    [nodes, layout, focus, near, nameOf],
  )
  const edges = useMemo(() => {
    const isNear = (a: string, b: string) =>
      near !== undefined && ((near.up.has(a) && near.up.has(b)) || (near.down.has(a) && near.down.has(b)))
    return nodes.flatMap((node) =>
      node.deps.map((dep): RoutedEdge => {
        const id = `${dep} ${node.key}`
        return {
          id,
          type: 'routed',
          source: dep,
          target: node.key,
          data: {
            route: layout.routes.get(id) ?? [],
            isNear: isNear(dep, node.key),
            isDim: near !== undefined && !isNear(dep, node.key),
            isRunning: (node.asset ?? node.folded)?.health === 'running',
          },
        }
      }),
    )
  }, [nodes, layout, near])
  const focused = nodes.find((node) => node.key === focus)
  return (
    <Box
      flex={1}
      miw={0}
      role="application"
      aria-label="Lineage graph. Arrow keys go along the edges and up and down a column, Enter opens, Escape leaves."
      tabIndex={0}
      onKeyDown={(event) => {
        const step = moveWithKeys(event.key, { nodes, layout, neighbours, focus })
        if (!step) return
        event.preventDefault()
        if (step.type === 'focus') onFocus(step.key)
        else if (focused?.folded) onUnfold(focused.folded.group)
        else if (focused) onOpen(focused.key)
      }}
    >
      <VisuallyHidden role="status">
        {focused &&
          `${focused.key}, ${(focused.asset ?? focused.folded)?.health}, ${neighbours.up(focused.key).length} upstream, ${neighbours.down(focused.key).length} downstream`}
      </VisuallyHidden>
      <ReactFlow<AssetNode | GroupNode, RoutedEdge>
        nodes={flowNodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        minZoom={0.05}
        maxZoom={1.5}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_, node) =>
          node.type === 'asset' ? onFocus(node.id) : onUnfold((node as GroupNode).data.folded.group)
        }
        onNodeDoubleClick={(_, node) => node.type === 'asset' && onOpen(node.id)}
        onPaneClick={() => onFocus(undefined)}
      >
        <Background gap={24} />
      </ReactFlow>
    </Box>
  )
}

const handles: NonNullable<AssetNode['handles']> = [
  { type: 'target', position: 'left' as never, x: 0, y: cardHeight / 2, width: 1, height: 1 },
  { type: 'source', position: 'right' as never, x: cardWidth, y: cardHeight / 2, width: 1, height: 1 },
]

/** Size and ends are told in advance: edges to cards that were never on the screen are drawn, too. */
function flowNode(
  node: GraphNode,
  layout: Layout,
  { isFocus, isNear, nameOf }: { isFocus: boolean; isNear: boolean; nameOf: (key: string) => string },
): AssetNode | GroupNode {
  const { x = 0, y = 0 } = layout.places.get(node.key) ?? {}
  const common = {
    id: node.key,
    position: { x, y },
    width: cardWidth,
    height: cardHeight,
    handles,
    className: isNear ? '' : (classes.dim ?? ''),
  }
  return node.asset
    ? { ...common, type: 'asset', data: { asset: node.asset, name: nameOf(node.key), isFocus, columns: node.columns } }
    : { ...common, type: 'folded', data: { folded: node.folded as NonNullable<typeof node.folded>, isFocus } }
}
