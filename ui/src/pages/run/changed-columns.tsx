import { Text } from '@mantine/core'
import type { RunDetail } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { count } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { useEventsOf } from './events.js'

const mostShown = 10

/** Which columns came, went or changed: what reads them may have to change as well. */
export function ChangedColumns({ run }: { run: RunDetail }) {
  const changed = useEventsOf(
    run.id,
    'schema_changed',
    run.steps.some(({ kind }) => kind === 'sync'),
  )
  const events = changed.data ?? []
  if (events.length === 0) return null
  return (
    <Section title="Columns changed" aside={count(events.length)}>
      {events.slice(0, mostShown).map(({ id, asset = '', message }) => (
        <Text key={id} size="sm" style={{ overflowWrap: 'anywhere' }}>
          <To to="/assets/$key" params={{ key: asset }} search={{ tab: 'events' }} inherit>
            {asset}
          </To>
          : {message}
        </Text>
      ))}
      {events.length > mostShown && (
        <Text size="sm">and {count(events.length - mostShown)} more, in the log below</Text>
      )}
    </Section>
  )
}
