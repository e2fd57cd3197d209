import { Badge, Code, Group, Stack, Text } from '@mantine/core'
import type { ApiMetadata, AssetDetail, AssetEvent } from '../../../../src/server/contract/index.js'
import { isSafeAddress } from '../../design/markdown.js'
import { Section } from '../../design/page.js'
import { plotTitle, withUnit } from '../../design/plot.js'
import { Empty, firstLine } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago } from '../../design/time.js'
import { To } from '../../design/to.js'

/** What is elsewhere on the page, or says nothing to a person. */
const leftOut = new Set(['columns', 'code_version', 'compiled_sql', 'relation', 'status'])

const look: Readonly<Record<string, { status: string; label: string }>> = {
  asset_materialized: { status: 'succeeded', label: 'materialized' },
  asset_failed: { status: 'failed', label: 'failed' },
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

/** Metadata by its type: numbers with their unit, links as links, texts as they are. */
function Metadata({ metadata }: { metadata: ApiMetadata }) {
  const entries = Object.entries(metadata).filter(([name, value]) => !leftOut.has(name) && value !== null)
  const short = entries.flatMap(([name, value]) =>
    typeof value === 'object'
      ? []
      : [{ name, text: typeof value === 'number' ? withUnit(name, value) : String(value) }],
  )
  return (
    <>
      {short.length > 0 && (
        <Group gap={6}>
          {short.map(({ name, text }) => (
            <Badge key={name} title={name} style={{ maxWidth: '100%' }}>
              {plotTitle(name)} {text}
            </Badge>
          ))}
        </Group>
      )}
      {entries.map(([name, value]) => {
        if (typeof value !== 'object' || value === null) return null
        if (value.type === 'url')
          return isSafeAddress(value.url) ? (
            <a key={name} href={value.url} rel="noreferrer noopener" target="_blank">
              {name}: {value.url}
            </a>
          ) : (
            <Text key={name} span size="sm">
              {name}: {value.url}
            </Text>
          )
        const text =
          value.type === 'path'
            ? value.path
            : value.type === 'json'
              ? JSON.stringify(value.value, undefined, 2)
              : 'text' in value
                ? value.text
                : ''
        return (
          text !== '' && (
            <details key={name}>
              <summary>
                <Text span size="sm" c="dimmed">
                  {plotTitle(name)}
                </Text>
              </summary>
              <Code block mah={280} style={{ overflow: 'auto' }}>
                {text}
              </Code>
            </details>
          )
        )
      })}
    </>
  )
}
