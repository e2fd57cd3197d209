import { Anchor, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Overview } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { StatusIcon } from '../../design/status.js'
import { Ago, clockTime } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './overview.module.css'

const shownFirst = 5

/** What is older than it should be, and why. */
export function Freshness({ data }: { data: Overview }) {
  const [isLong, setLong] = useState(false)
  const late = new Set(data.late.map((one) => one.asset))
  const lines = [
    ...data.late.map((one) => ({
      asset: one.asset,
      status: 'late',
      why: (
        <>
          late: {one.by} was due {clockTime(one.dueAt)}, last made <Ago at={one.lastMaterializedAt} />
        </>
      ),
    })),
    ...data.stale
      .filter((one) => !late.has(one.asset))
      .map((one) => ({ asset: one.asset, status: 'stale', why: <>stale: {one.reason}</> })),
  ]
  const shown = isLong ? lines : lines.slice(0, shownFirst)
  const all = data.lateCount + data.staleCount
  return (
    <Section title="Freshness" aside={all > 0 ? `${data.lateCount} late, ${data.staleCount} stale` : undefined} isFlush>
      {lines.length === 0 && <Line status="fresh">Nothing is late, nothing is stale.</Line>}
      {shown.map((line) => (
        <Line key={line.asset} status={line.status}>
          <To to="/assets/$key" params={{ key: line.asset }} search={{}} style={{ overflowWrap: 'anywhere' }}>
            {line.asset}
          </To>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {line.why}
          </Text>
        </Line>
      ))}
      {!isLong && lines.length > shownFirst && (
        <Anchor component="button" type="button" className={classes.more} onClick={() => setLong(true)}>
          Show {lines.length - shownFirst} more
        </Anchor>
      )}
    </Section>
  )
}

function Line({ status, children }: { status: string; children: ReactNode }) {
  return (
    <div className={classes.item}>
      <span className={classes.itemIcon}>
        <StatusIcon value={status} size={16} />
      </span>
      <div className={classes.itemBody}>{children}</div>
    </div>
  )
}
