import { Group, Paper, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { BackfillResponse, BackfillView } from '../../../../src/server/contract/index.js'
import { get, post, segment } from '../../api/client.js'
import { ConfirmButton } from '../confirm-button.js'
import { Needs } from '../needs.js'
import { Section } from '../page.js'
import { asApiError, ErrorBox, Loaded } from '../states.js'
import { Status } from '../status.js'
import { Ago, count, plural } from '../text/time.js'
import { To } from '../text/to.js'
import { selectionWords } from './run-words.js'

const mostShown = 10
const mostSkippedShown = 5

/** The latest backfills and how far they are: those that make an asset, or those of all that go on or ended a short while ago. */
export function Backfills({ asset }: { asset?: string }) {
  const query = useQuery({
    queryKey: ['backfills', asset],
    queryFn: () =>
      get<{ backfills: BackfillView[] }>(
        asset === undefined ? '/backfills?limit=50' : `/backfills?limit=${mostShown}&asset=${segment(asset)}`,
      ),
  })
  return (
    <Loaded query={query} skeleton={<div />}>
      {({ backfills }) => {
        const shown = backfills.filter((one) => asset !== undefined || isRecent(one)).slice(0, mostShown)
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

/** One of them, however old it is. */
export function OneBackfill({ id }: { id: string }) {
  const query = useQuery({ queryKey: ['backfills', 'one', id], queryFn: () => get<BackfillView>(`/backfills/${id}`) })
  return (
    <Loaded query={query} skeleton={<div />}>
      {(backfill) => (
        <Section title="Backfill">
          <BackfillLine backfill={backfill} namesSelection />
        </Section>
      )}
    </Loaded>
  )
}

const recentMs = 24 * 3_600_000
const isRecent = ({ endedAt }: BackfillView) => endedAt === undefined || Date.now() - Date.parse(endedAt) < recentMs

function BackfillLine({ backfill, namesSelection }: { backfill: BackfillView; namesSelection: boolean }) {
  const { id, status, runs, runCount, selection, partitions, createdAt, endedAt, error, skipped, skippedRuns } =
    backfill
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
          <Needs least="editor">
            {endedAt === undefined && <Cancel backfill={backfill} />}
            {endedAt !== undefined && status !== 'succeeded' && <Retry backfill={backfill} />}
          </Needs>
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

function Cancel({ backfill: { id, status, runs, runCount, requestedRuns, skippedRuns } }: { backfill: BackfillView }) {
  const client = useQueryClient()
  const going = ['queued', 'starting', 'running', 'cancelling'].reduce(
    (sum, one) => sum + (runs[one as 'queued'] ?? 0),
    0,
  )
  const left = runCount - requestedRuns - skippedRuns
  return (
    <ConfirmButton
      size="compact-xs"
      label="Cancel"
      disabled={status === 'cancelling'}
      title={`Cancel backfill ${id.slice(-8)}?`}
      confirm="Cancel the backfill"
      isDangerous
      onConfirm={async () => {
        await post(`/backfills/${id}/cancel`)
        await client.invalidateQueries({ queryKey: ['backfills'] })
      }}
    >
      <Text>
        {left > 0 && `${plural(left, 'run')} that ${left === 1 ? 'is' : 'are'} still to come will not be requested. `}
        {going > 0 &&
          `${plural(going, 'run')} that ${going === 1 ? 'goes' : 'go'} on or ${going === 1 ? 'waits' : 'wait'} will be stopped. `}
        What {plural(runs.succeeded ?? 0, 'run')} made stays; the rest can be made later by a retry.
      </Text>
    </ConfirmButton>
  )
}

/** Makes what it did not make, and says before how much that is by now. */
function Retry({ backfill: { id } }: { backfill: BackfillView }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  return (
    <ConfirmButton
      size="compact-xs"
      label="Retry"
      title={`Retry backfill ${id.slice(-8)}?`}
      confirm="Start another backfill"
      onConfirm={async () => {
        const { backfillId } = await post<BackfillResponse>(`/backfills/${id}/retry`)
        await client.invalidateQueries({ queryKey: ['backfills'] })
        await navigate({ to: '/runs', search: { trigger: backfillId } })
      }}
    >
      <RetryPlan id={id} />
    </ConfirmButton>
  )
}

function RetryPlan({ id }: { id: string }) {
  const plan = useQuery({
    queryKey: ['backfills', 'retry', id],
    queryFn: () => post<BackfillResponse>(`/backfills/${id}/retry`, { dryRun: true }),
    retry: false,
  })
  if (plan.error) return <ErrorBox error={asApiError(plan.error)} />
  return (
    <Loaded query={plan}>
      {({ partitions, partitionCount, runCount, assets }) => (
        <Text style={{ overflowWrap: 'anywhere' }}>
          It makes what the former one did not: {plural(partitionCount, 'partition')} of {assets.join(', ')} in{' '}
          {plural(runCount, 'run')}: {partitions === '*' ? 'all there are' : partitions}. What was made stays as it is.
        </Text>
      )}
    </Loaded>
  )
}
