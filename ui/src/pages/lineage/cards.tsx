import { Group, Text } from '@mantine/core'
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import type { ReactNode } from 'react'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { Status, statusColor } from '../../design/status.js'
import { Ago, count } from '../../design/time.js'
import classes from './cards.module.css'
import type { FoldedGroup } from './fold.js'

export type AssetNode = Node<{ asset: AssetSummary }, 'asset'>
export type GroupNode = Node<{ folded: FoldedGroup }, 'folded'>

function Card({ health, title, children }: { health: string; title: string | undefined; children: ReactNode }) {
  return (
    <div className={classes.card} style={{ borderLeftColor: statusColor(health) }} title={title}>
      <Handle type="target" position={Position.Left} className={classes.handle} />
      {children}
      <Handle type="source" position={Position.Right} className={classes.handle} />
    </div>
  )
}

function AssetCard({ data: { asset } }: NodeProps<AssetNode>) {
  const total = asset.checks.passed + asset.checks.warned + asset.checks.failed
  const facts = [
    asset.rows === undefined ? undefined : `${count(asset.rows)} rows`,
    total > 0 ? `${asset.checks.passed}/${total} checks` : undefined,
  ].filter((fact) => fact !== undefined)
  return (
    <Card health={asset.health} title={asset.healthReason}>
      <Text size="xs" fw={600} truncate>
        {asset.key}
      </Text>
      <Group gap={4} justify="space-between" wrap="nowrap">
        <Status value={asset.health} />
        <Text size="xs" c="dimmed">
          {asset.kinds[0]}
        </Text>
      </Group>
      <Group gap={4} justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed" truncate>
          {facts.join(' · ')}
        </Text>
        <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
          {asset.isExecutable && <Ago at={asset.lastMaterializedAt} isShort />}
        </Text>
      </Group>
    </Card>
  )
}

function GroupCard({ data: { folded } }: NodeProps<GroupNode>) {
  return (
    <Card health={folded.health} title="Click to unfold">
      <Text size="xs" fw={600} truncate>
        ▸ {folded.group}
      </Text>
      <Status value={folded.health} />
      <Text size="xs" c="dimmed">
        {folded.assets.length} {folded.assets.length === 1 ? 'asset' : 'assets'}
      </Text>
    </Card>
  )
}

export const nodeTypes = { asset: AssetCard, folded: GroupCard }
