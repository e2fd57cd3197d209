import { ActionIcon, Box, Group, UnstyledButton, useComputedColorScheme } from '@mantine/core'
import { IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react'
import { MiniMap, useReactFlow } from '@xyflow/react'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { Status, statusColor } from '../../design/status.js'
import { count } from '../../design/text/time.js'
import type { AssetNode, GroupNode } from './cards.js'
import type { Layout } from './layout/index.js'
import { useShowAll } from './viewpoint.js'

const order = ['failed', 'running', 'warning', 'stale', 'never', 'fresh', 'external'] as const

interface StripProps {
  readonly assets: readonly AssetSummary[]
  readonly layout: Layout
  readonly onStatus: (health: string) => void
}

/** Below the graph, so that nothing lies above the cards: what the marks mean, how many there are, zoom and map. */
export function Strip({ assets, layout, onStatus }: StripProps) {
  const flow = useReactFlow()
  const show = useShowAll(layout)
  const scheme = useComputedColorScheme('light')
  const found = order
    .map((health) => ({ health, assets: assets.filter((asset) => asset.health === health).length }))
    .filter((one) => one.assets > 0)
  const buttons = [
    { label: 'Zoom in', Icon: IconPlus, act: () => void flow.zoomIn({ duration: 150 }) },
    { label: 'Zoom out', Icon: IconMinus, act: () => void flow.zoomOut({ duration: 150 }) },
    { label: 'Show everything', Icon: IconMaximize, act: () => show.all(undefined, true) },
  ]
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs" align="center">
      <Group gap={8} style={{ overflowX: 'auto' }} wrap="nowrap" py={2}>
        {found.map(({ health, assets: number }) => (
          <UnstyledButton
            key={health}
            title={`Show the ${number} of this status`}
            aria-label={`${number} ${health}: show these`}
            onClick={() => onStatus(health)}
          >
            <Group gap={4} wrap="nowrap" fz="xs">
              {count(number)} <Status value={health} />
            </Group>
          </UnstyledButton>
        ))}
      </Group>
      <Group gap={4} wrap="nowrap">
        {buttons.map(({ label, Icon, act }) => (
          <ActionIcon key={label} variant="default" aria-label={label} title={label} onClick={act}>
            <Icon size={16} aria-hidden />
          </ActionIcon>
        ))}
        <Box
          visibleFrom="sm"
          pos="relative"
          w={168}
          h={56}
          className={`react-flow ${scheme}`}
          style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 4, overflow: 'hidden' }}
        >
          <MiniMap<AssetNode | GroupNode>
            pannable
            zoomable
            ariaLabel="Map of the graph"
            style={{ width: 168, height: 56, margin: 0 }}
            offsetScale={1}
            nodeColor={(node) => statusColor(healthOf(node))}
            nodeBorderRadius={12}
          />
        </Box>
      </Group>
    </Group>
  )
}

const healthOf = (node: AssetNode | GroupNode) =>
  'asset' in node.data ? node.data.asset.health : node.data.folded.health
