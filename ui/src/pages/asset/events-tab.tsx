import { Group, Stack, Text } from '@mantine/core'
import type { AssetDetail, AssetEvent } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { Empty, firstLine } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { Metadata } from './metadata.js'

const look: Readonly<Record<string, { status: string; label: string }>> = {
  asset_materialized: { status: 'succeeded', label: 'materialized' },
  asset_failed: { status: 'failed', label: 'failed' },
  schema_changed: { status: 'warned', label: 'columns changed' },
}

export function EventsTab({ asset }: { asset: AssetDetail }) {
  if (asset.events.length === 0)
    return <Empty title="Nothing happened yet">Every materialization, failure and check will be listed here.</Empty>
  return (
    <Section title="Newest first" isFlush>
      <Stack gap={0}>
        {asset.events.map((event) => (
          <EventLine key={event.id} event={event} />
        ))}
      </Stack>
    </Section>
  )
}

function EventLine({ event }: { event: AssetEvent & { level?: string } }) {
  const passed = event.level === 'info' ? 'passed' : event.level === 'warn' ? 'warned' : 'failed'
  const isFromOutside = event.type === 'asset_materialized' && event.runId === ''
  const { status, label } = isFromOutside
    ? { status: 'succeeded', label: event.message ?? 'reported' }
    : event.type === 'asset_freshness'
      ? { status: passed, label: `freshness ${passed}` }
      : (look[event.type] ?? { status: passed, label: `${event.check} ${passed}` })
  return (
    <Group gap="md" px="md" py={7} align="flex-start" wrap="nowrap" style={{ borderBottom: '1px solid var(--line)' }}>
      <Text size="sm" c="dimmed" w={104} style={{ flexShrink: 0 }}>
        <Ago at={event.at} />
      </Text>
      <Stack gap={4} flex={1} miw={0}>
        <div style={{ overflowWrap: 'anywhere' }}>
          <Status value={status} label={label} />
          {event.partitions !== undefined && (
            <Text span size="sm" c="dimmed">
              {' '}
              {event.partitions}
            </Text>
          )}
        </div>
        {event.error ? (
          <Text size="sm">{firstLine(event.error.message)}</Text>
        ) : (
          !isFromOutside && event.message && <Text size="sm">{event.message}</Text>
        )}
        {event.metadata && <Metadata metadata={event.metadata} />}
      </Stack>
      {event.runId !== '' && (
        <To to="/runs/$id" params={{ id: event.runId }} search={{}} size="sm">
          run
        </To>
      )}
    </Group>
  )
}
