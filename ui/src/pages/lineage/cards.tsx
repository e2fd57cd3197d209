import { Handle, type Node, type NodeProps, Position, useStore } from '@xyflow/react'
import { type CSSProperties, Fragment, type ReactNode } from 'react'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { KindIcon, kindWords } from '../../design/kind.js'
import { PartitionMarks } from '../../design/runs/partition-marks.js'
import { statusColor, statusIcon } from '../../design/status.js'
import { Ago, count } from '../../design/text/time.js'
import classes from './cards.module.css'
import type { FoldedGroup } from './fold.js'

export type AssetNode = Node<
  { asset: AssetSummary; name: string; isFocus: boolean; columns: readonly string[] | undefined },
  'asset'
>
export type GroupNode = Node<{ folded: FoldedGroup; isFocus: boolean }, 'folded'>

/** Below this zoom the small print cannot be read. */
const farBelow = 0.78

interface CardProps {
  readonly health: string
  readonly title: string | undefined
  readonly isFocus: boolean
  readonly isFolded?: boolean
  readonly children: (isFar: boolean) => ReactNode
}

function Card({ health, title, isFocus, isFolded = false, children }: CardProps) {
  const isFar = useStore((state) => state.transform[2] < farBelow)
  return (
    <div
      className={[classes.card, isFar ? classes.far : '', isFolded ? classes.folded : ''].join(' ')}
      style={{ '--status': statusColor(health) } as CSSProperties}
      data-is-focus={isFocus}
      title={title}
    >
      <Handle type="target" position={Position.Left} className={classes.handle} />
      {children(isFar)}
      <Handle type="source" position={Position.Right} className={classes.handle} />
    </div>
  )
}

function StatusWord({ health }: { health: string }) {
  return (
    <span className={classes.status}>
      <span className={classes.mark} aria-hidden>
        {statusIcon(health)}
      </span>
      {health}
    </span>
  )
}

function AssetCard({ data: { asset, name, isFocus, columns } }: NodeProps<AssetNode>) {
  const { passed, warned, failed } = asset.checks
  const total = passed + warned + failed
  const rows = asset.rows === undefined ? '' : `${compact(asset.rows)} rows`
  // Rows of one partition say less than which there are.
  const size = asset.partitionCounts ? <PartitionMarks counts={asset.partitionCounts} /> : rows
  const checks = total > 0 ? `${passed}/${total} checks` : ''
  return (
    <Card health={asset.health} title={`${asset.key}: ${asset.healthReason ?? asset.health}`} isFocus={isFocus}>
      {(isFar) => (
        <>
          <span className={classes.line}>
            <span className={classes.name} style={{ color: 'var(--mantine-color-text)' }}>
              <Breakable name={name} />
            </span>
            {!isFar && (
              <span title={kindWords(asset.kinds)} style={{ display: 'flex' }}>
                <KindIcon kinds={asset.kinds} />
              </span>
            )}
          </span>
          {!isFar && (
            <span className={classes.line}>
              <StatusWord health={asset.health} />
              {asset.isExecutable && asset.lastMaterializedAt ? (
                <Ago at={asset.lastMaterializedAt} isShort />
              ) : (
                <span>{asset.kinds[0]}</span>
              )}
            </span>
          )}
          {columns ? (
            <span className={classes.columns} title={columns.join(', ')}>
              {columns.join(', ')}
            </span>
          ) : (
            <span className={classes.line}>
              {isFar ? <StatusWord health={asset.health} /> : <span>{size}</span>}
              <span style={failed > 0 ? { color: 'var(--mantine-color-red-text)' } : undefined}>
                {isFar ? size : failed > 0 ? `${statusIcon('failed')} ${failed} of ${total} checks fail` : checks}
              </span>
            </span>
          )}
        </>
      )}
    </Card>
  )
}

function GroupCard({ data: { folded, isFocus } }: NodeProps<GroupNode>) {
  const { assets, health } = folded
  const alike = assets.filter((asset) => asset.health === health).length
  return (
    <Card health={health} title={`${folded.group}: click to unfold it here`} isFocus={isFocus} isFolded>
      {() => (
        <>
          <span className={classes.name}>▸ {folded.group}</span>
          <span className={classes.line}>
            <StatusWord health={health} />
            <span>
              {alike < assets.length ? `${count(alike)} of ` : ''}
              {count(assets.length)} {assets.length === 1 ? 'asset' : 'assets'}
            </span>
          </span>
        </>
      )}
    </Card>
  )
}

/** A long name breaks after an underscore or a slash, not inside a word. */
const Breakable = ({ name }: { name: string }) =>
  name.split(/(?<=[_/])/).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a name stand in one order
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ))

/** 3 000 000 is `3M`: a card has little room, and the panel has the exact number. */
const compactly = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const compact = (value: number) => (value < 100_000 ? count(value) : compactly.format(value))

export const nodeTypes = { asset: AssetCard, folded: GroupCard }
