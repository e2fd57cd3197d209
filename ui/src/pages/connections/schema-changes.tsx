import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ConnectionDetail, DiscoveredView } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { Needs } from '../../design/needs.js'
import { Section } from '../../design/page.js'
import { asApiError, ErrorBox } from '../../design/states.js'
import { Ago, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { AcceptButton } from './accept-button.js'
import classes from './connections.module.css'

const listed = 10

/** Columns that came, went or changed their type in the source: what waits, when somebody looks, and what syncs found. */
export function SchemaChanges({ connection }: { connection: ConnectionDetail }) {
  const { name, schemaChanges } = connection
  const look = useQuery({
    queryKey: ['connection-discovered', name],
    queryFn: () => get<DiscoveredView>(`/connections/${segment(name)}/discover`),
    // The source is only asked when somebody wants it.
    enabled: false,
    retry: false,
  })
  return (
    <Section
      title="Schema changes"
      isFlush
      aside={
        <Needs least="editor">
          <Button variant="default" size="compact-xs" loading={look.isFetching} onClick={() => void look.refetch()}>
            Look at the source
          </Button>
        </Needs>
      }
    >
      {look.error && !look.isFetching && <ErrorBox error={asApiError(look.error)} />}
      {look.data && !look.error && <Looked connection={connection} found={look.data} />}
      {schemaChanges.slice(0, listed).map((change) => (
        <div key={`${change.runId} ${change.stream} ${change.column} ${change.change}`} className={classes.sync}>
          <Text size="sm">{change.change}</Text>
          <Ago at={change.at} />
          <Text size="sm">{change.stream}</Text>
          <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {change.column} {change.detail}
          </Text>
          <To to="/runs/$id" params={{ id: change.runId }} size="sm">
            log
          </To>
        </div>
      ))}
      {schemaChanges.length === 0 && !look.data && !look.error && (
        <Text size="sm" c="dimmed" p="md">
          No sync found a change.
        </Text>
      )}
    </Section>
  )
}

/** What differs from the last sync, and whether somebody has to say yes. */
function Looked({ connection, found }: { connection: ConnectionDetail; found: DiscoveredView }) {
  const streams = connection.streams.map(({ name }) => name)
  const changed = found.streams.filter((stream) => streams.includes(stream.name) && stream.changes.length > 0)
  const others = found.streams.filter((stream) => !streams.includes(stream.name))
  const mustAccept = connection.schemaPolicy === 'pause' || connection.schemaPolicy === 'ignore'
  return (
    <Stack gap="xs" p="md" role="status">
      {changed.length === 0 && <Text size="sm">The streams are as the last sync found them.</Text>}
      {changed.map((stream) => (
        <Group key={stream.name} gap="sm" align="baseline">
          <Text size="sm" fw={500}>
            {stream.name}
          </Text>
          <Text size="sm" ff="monospace" style={{ flex: 1, overflowWrap: 'anywhere' }}>
            {stream.changes.map(changeWords).join(' · ')}
          </Text>
          {mustAccept && <AcceptButton connection={connection.name} streams={[stream.name]} />}
        </Group>
      ))}
      {changed.length > 0 && !mustAccept && (
        <Text size="sm" c="dimmed">
          The next sync takes them.
        </Text>
      )}
      {mustAccept && changed.length > 1 && (
        <Group>
          <AcceptButton connection={connection.name} streams={changed.map(({ name }) => name)} />
        </Group>
      )}
      {others.length > 0 && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {plural(others.length, 'stream')} of the source {others.length === 1 ? 'is' : 'are'} not loaded:{' '}
          {others
            .slice(0, listed)
            .map(({ name }) => name)
            .join(', ')}
          {others.length > listed && ' …'}
        </Text>
      )}
    </Stack>
  )
}

function changeWords({
  kind,
  column,
  from,
  to,
  renamedFrom,
}: DiscoveredView['streams'][number]['changes'][number]): string {
  if (kind === 'type_changed') return `${column} ${from} → ${to}`
  if (kind === 'column_removed') return `− ${column}`
  return `+ ${[column, to].filter(Boolean).join(' ')}${renamedFrom === undefined ? '' : `, perhaps renamed from ${renamedFrom}`}`
}
