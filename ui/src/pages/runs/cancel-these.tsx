import { Text } from '@mantine/core'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CancelRunsAnswer, CancelRunsRequest } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { isBackfill } from '../../design/runs/run-words.js'
import { count, plural } from '../../design/text/time.js'

interface Filter {
  readonly status?: string | undefined
  readonly trigger?: string | undefined
  readonly asset?: string | undefined
  readonly tag?: string | undefined
  /** Instants. */
  readonly since?: string | undefined
  readonly until?: string | undefined
}

const stoppable = ['queued', 'starting', 'running'] as const

/** Cancels all runs of the filter that have not ended, on whatever page of the list they are; of one run its own row does it. */
export function CancelThese({ filter }: { filter: Filter }) {
  const client = useQueryClient()
  const { status, trigger, asset, tag, since, until } = filter
  const wanted = stoppable.filter((one) => status === undefined || status.split(',').includes(one))
  const request: CancelRunsRequest = {
    status: wanted,
    trigger,
    asset,
    tags: tag === undefined ? undefined : [tag],
    since,
    until,
  }
  const mayAct = useMay('editor')
  const open = useQuery({
    queryKey: ['runs', 'open', request],
    queryFn: () => post<CancelRunsAnswer>('/runs/cancel', { ...request, dryRun: true }),
    enabled: mayAct && wanted.length > 0,
    placeholderData: keepPreviousData,
  })
  const { cancelled: waiting, stopping: going } = open.data ?? { cancelled: 0, stopping: 0 }
  const total = waiting + going
  if (!mayAct || wanted.length === 0 || total < 2) return null
  // Ended runs are listed between them where no status was chosen.
  const what = status === undefined ? plural(total, 'open run') : `these ${count(total)}`
  return (
    <ConfirmButton
      size="xs"
      label={`Cancel ${what}`}
      title={`Cancel ${plural(total, 'run')}?`}
      confirm={`Cancel ${plural(total, 'run')}`}
      isDangerous
      onConfirm={async () => {
        await post('/runs/cancel', request)
        await client.invalidateQueries({ queryKey: ['runs'] })
      }}
    >
      <Text>{filterWords(filter)}</Text>
      <Text>
        {waiting > 0 &&
          `${plural(waiting, 'run')} that ${waiting === 1 ? 'waits ends' : 'wait end'} at once and never start. `}
        {going > 0 &&
          `${plural(going, 'run')} that ${going === 1 ? 'goes' : 'go'} on will be stopped; what was made stays. `}
      </Text>
      <Text size="sm" c="dimmed">
        {isBackfill(trigger)
          ? 'The backfill goes on to request what it did not yet: cancel it above to end all of it. '
          : 'What is requested from now on is not cancelled: switch off what requests it first. '}
        What a sensor asked for by a key is not requested again by itself.
      </Text>
    </ConfirmButton>
  )
}

function filterWords({ trigger, asset, tag, since, until }: Filter): string {
  const words = [
    trigger && (isBackfill(trigger) ? `of backfill ${trigger.slice(-8)}` : `of ${trigger}`),
    asset && `that touch ${asset}`,
    tag && `with the tag ${tag}`,
    (since || until) && 'of the chosen days',
  ].filter(Boolean)
  return words.length === 0 ? 'All runs that have not ended.' : `Runs ${words.join(', ')} that have not ended.`
}
