import { Text } from '@mantine/core'
import type { ConnectionDetail } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { Ago } from '../../design/time.js'
import { To } from '../../design/to.js'
import classes from './connections.module.css'

const listed = 10

/** Columns that came, went or changed their type in the source. */
export function SchemaChanges({ changes }: { changes: ConnectionDetail['schemaChanges'] }) {
  if (changes.length === 0) return null
  return (
    <Section title="Schema changes" aside={changes.length} isFlush>
      {changes.slice(0, listed).map((change) => (
        <div key={`${change.runId} ${change.stream} ${change.column} ${change.change}`} className={classes.sync}>
          <Text size="sm">{change.change}</Text>
          <Ago at={change.at} />
          <Text size="sm">{change.stream}</Text>
          <Text size="sm" ff="monospace">
            {change.column} {change.detail}
          </Text>
          <To to="/runs/$id" params={{ id: change.runId }} size="sm">
            log
          </To>
        </div>
      ))}
    </Section>
  )
}
