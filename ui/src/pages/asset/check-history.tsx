import { Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { CheckWithHistory } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { Plot, plotTitle, withUnit } from '../../design/plot.js'
import { Status } from '../../design/status.js'
import { Ago } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { Metadata } from './metadata.js'

type Outcome = CheckWithHistory['history'][number]

/** What is told with every outcome of dbt's tests, and says nothing of the data. */
const unplotted = new Set(['duration_ms', 'rows_affected'])
const mostPlots = 3

/** What a check found over time: its numbers drawn, and each outcome with what it said. */
export function CheckHistory({ check }: { check: CheckWithHistory }) {
  const navigate = useNavigate()
  const plots = plotsOf(check.history)
  return (
    <>
      {plots.length > 0 && (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
          {plots.map(({ name, points }) => (
            <Section key={name} title={plotTitle(name)} aside={<b>{withUnit(name, points.at(-1)?.value ?? 0)}</b>}>
              <Plot
                name={name}
                points={points}
                onOpen={(i) => void navigate({ to: '/runs/$id', params: { id: points[i]?.runId ?? '' }, search: {} })}
              />
            </Section>
          ))}
        </SimpleGrid>
      )}
      <details>
        <summary>
          <Text span size="sm" c="dimmed">
            {check.history.length === 1 ? 'Its only outcome' : `The last ${check.history.length} outcomes`}
          </Text>
        </summary>
        <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
          {check.history.map((outcome, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: several outcomes may be of one run and one instant
            <OutcomeLine key={`${outcome.runId} ${outcome.at} ${i}`} outcome={outcome} />
          ))}
        </Stack>
      </details>
    </>
  )
}

function OutcomeLine({ outcome }: { outcome: Outcome }) {
  const { at, status, partitions, message, metadata, runId } = outcome
  return (
    <Group
      component="li"
      gap="md"
      py={6}
      align="flex-start"
      wrap="nowrap"
      style={{ borderTop: '1px solid var(--line)' }}
    >
      <Text size="sm" c="dimmed" w={104} style={{ flexShrink: 0 }}>
        <Ago at={at} />
      </Text>
      <div style={{ width: 88, flexShrink: 0 }}>
        <Status value={status} />
      </div>
      <Stack gap={4} flex={1} miw={0}>
        {(partitions !== undefined || message !== undefined) && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {[partitions, message].filter(Boolean).join(': ')}
          </Text>
        )}
        {metadata && <Metadata metadata={metadata} />}
      </Stack>
      <To to="/runs/$id" params={{ id: runId }} search={{}} size="sm">
        run
      </To>
    </Group>
  )
}

/** Its numbers, oldest first, of which there are at least two. */
function plotsOf(history: readonly Outcome[]) {
  const series = new Map<string, { at: string; value: number; runId: string }[]>()
  for (const { at, runId, metadata } of [...history].reverse())
    for (const [name, value] of Object.entries(metadata ?? {})) {
      if (typeof value !== 'number' || unplotted.has(name)) continue
      series.set(name, [...(series.get(name) ?? []), { at, value, runId }])
    }
  return [...series]
    .map(([name, points]) => ({ name, points }))
    .filter(({ points }) => points.length > 1)
    .slice(0, mostPlots)
}
