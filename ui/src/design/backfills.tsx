import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { BackfillView } from '../../../src/server/contract/index.js'
import { get, post } from '../api/client.js'
import { Needs } from './needs.js'
import { Section } from './page.js'
import { selectionWords } from './run-words.js'
import { ErrorBox, Loaded } from './states.js'
import { Status } from './status.js'
import { Ago, count, plural } from './time.js'
import { To } from './to.js'

const mostShown = 10
const mostSkippedShown = 5

/** The latest backfills and how far they are: of one asset, or those of all that go on or ended a short while ago. */
export function Backfills({ asset }: { asset?: string }) {
  const query = useQuery({
    queryKey: ['backfills'],
    queryFn: () => get<{ backfills: BackfillView[] }>('/backfills?limit=50'),
  })
  return (
    <Loaded query={query} skeleton={<div />}>
      {({ backfills }) => {
        const shown = backfills
          .filter((one) => (asset === undefined ? isRecent(one) : one.selection.includes(asset)))
          .slice(0, mostShown)
        if (shown.length === 0) return null
        return (
          <Section title="Backfills">
            <Stack gap="xs">
              {shown.map((one) => (
                <BackfillLine key={one.id} backfill={one} namesSelection={asset === undefined} />
              ))}
            </Stack>
          </Section>
        )
      }}
    </Loaded>
  )
}

const recentMs = 24 * 3_600_000
const isRecent = ({ endedAt }: BackfillView) => endedAt === undefined || Date.now() - Date.parse(endedAt) < recentMs

function BackfillLine({ backfill, namesSelection }: { backfill: BackfillView; namesSelection: boolean }) {
  const { id, status, runs, runCount, selection, partitions, createdAt, endedAt, error, skipped, skippedRuns } =
    backfill
  const cancel = useMutation({ mutationFn: () => post(`/backfills/${id}/cancel`) })
  return (
    <Paper withBorder p="xs">
      <Group gap="md" justify="space-between">
        <Group gap="md">
          <Status value={status} />
          {namesSelection && <Text size="sm">{selectionWords(selection)}</Text>}
          <Text size="sm">
            {count(runs.succeeded ?? 0)} of {plural(runCount, 'run')} done
            {(runs.failed ?? 0) > 0 && `, ${count(runs.failed ?? 0)} failed`}
            {skippedRuns > 0 && `, ${count(skippedRuns)} skipped`}
          </Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {partitions}
          </Text>
        </Group>
        <Group gap="sm">
          <Text size="xs" c="dimmed">
            <Ago at={createdAt} />
          </Text>
          <To to="/runs" search={{ trigger: id }} size="sm">
            its runs
          </To>
          {endedAt === undefined && (
            <Needs least="editor">
              <Button
                size="compact-xs"
                variant="default"
                disabled={status === 'cancelling'}
                onClick={() => cancel.mutate()}
              >
                Cancel
              </Button>
            </Needs>
          )}
        </Group>
      </Group>
      {error && <ErrorBox error={error} />}
      {skipped.slice(0, mostSkippedShown).map((one) => (
        <Text key={one.place} size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {one.assets.join(', ')} {one.partitions} was skipped: {one.upstream} {one.upstreamPartitions} was not made
        </Text>
      ))}
      {skipped.length > mostSkippedShown && (
        <Text size="xs" c="dimmed">
          and {count(skipped.length - mostSkippedShown)} more
        </Text>
      )}
    </Paper>
  )
}
