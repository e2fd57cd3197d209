import { Anchor, Text } from '@mantine/core'
import { useState } from 'react'
import type { AssetHealth, Overview } from '../../../../src/server/contract/index.js'
import { selectionWord } from '../../../../src/server/contract/selection.js'
import { Section } from '../../design/page.js'
import { Status, statusColor } from '../../design/status.js'
import { Ago, count } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './overview.module.css'

type Line = Overview['groups'][number]

const shownFirst = 12
/** The worst first: in the bar, in the words and in the order of the groups. */
const order: readonly AssetHealth[] = ['failed', 'warning', 'stale', 'never', 'running', 'fresh', 'external']

/** One line of health per group; those with trouble come first. */
export function Groups({ data: { groups } }: { data: Overview }) {
  const [isLong, setLong] = useState(false)
  const sorted = [...groups].sort((a, b) => trouble(b) - trouble(a))
  const shown = isLong ? sorted : sorted.slice(0, shownFirst)
  return (
    <Section title="Groups" aside={groups.length} isFlush>
      {shown.map((group) => (
        <GroupLine key={group.group} group={group} />
      ))}
      {!isLong && groups.length > shownFirst && (
        <Anchor component="button" type="button" className={classes.more} onClick={() => setLong(true)}>
          Show {groups.length - shownFirst} more
        </Anchor>
      )}
    </Section>
  )
}

function GroupLine({ group: { group, assets, health, late, lastMaterializedAt } }: { group: Line }) {
  const present = order.filter((name) => health[name] > 0)
  return (
    <div className={classes.group}>
      <To to="/lineage" search={{ q: `group:${selectionWord(group)}` }} truncate fw={500}>
        {group}
      </To>
      <Text size="sm" c="dimmed" className={`${classes.number} digits`} title={`${assets} assets`}>
        {count(assets)}
      </Text>
      <span className={classes.bar} aria-hidden>
        {present.map((name) => (
          <span key={name} style={{ flexGrow: health[name], background: statusColor(name) }} />
        ))}
      </span>
      <span className={classes.counts}>
        {present.map((name) => (
          <Status key={name} value={name} label={health[name] === assets ? name : `${count(health[name])} ${name}`} />
        ))}
        {late > 0 && <Status value="late" label={`${count(late)} late`} />}
      </span>
      <Text size="sm" c="dimmed" ta="right" visibleFrom="sm">
        <Ago at={lastMaterializedAt} never="" />
      </Text>
    </div>
  )
}

const trouble = ({ health, late }: Line) =>
  health.failed * 1e9 + late * 1e6 + (health.warning + health.stale) * 1e3 + (health.never > 0 ? 1 : 0)
