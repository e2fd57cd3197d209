import { Button, Code, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type CSSProperties, useState } from 'react'
import type { z } from 'zod'
import type {
  AssetDetail,
  AssetPartitions,
  backfillResponseSchema,
  PartitionDetail,
} from '../../../../src/server/contract/index.js'
import { ApiFailure, get, post, segment } from '../../api/client.js'
import { Backfills } from '../../design/backfills.js'
import { Needs } from '../../design/needs.js'
import { Section } from '../../design/page.js'
import { Empty, ErrorBox, Loaded } from '../../design/states.js'
import { Ago, count, exactTime, plural } from '../../design/time.js'
import { To } from '../../design/to.js'
import classes from './partitions.module.css'

type Stretch = AssetPartitions['stretches'][number]
type Planned = z.infer<typeof backfillResponseSchema>

const fills: Readonly<Record<Stretch['status'], string>> = {
  made: 'var(--status-good)',
  failed: 'var(--status-bad)',
  running: 'var(--status-run)',
  missing: 'transparent',
}
const words: Readonly<Record<Stretch['status'], string>> = {
  made: 'made',
  failed: 'failed',
  running: 'being made',
  missing: 'missing',
}
const statuses = ['made', 'failed', 'running', 'missing'] as const
const filled = (status: Stretch['status']) => ({ '--fill': fills[status] }) as CSSProperties
const rangeOf = ({ first, last }: Stretch) => (first === last ? first : `${first}...${last}`)

/** Which partitions were made, and a backfill of those that were not. */
export function PartitionsTab({ asset }: { asset: AssetDetail }) {
  const query = useQuery({
    queryKey: ['partitions', asset.key],
    queryFn: () => get<AssetPartitions>(`/assets/${segment(asset.key)}/partitions`),
  })
  return <Loaded query={query}>{(partitions) => <Partitions asset={asset} partitions={partitions} />}</Loaded>
}

function Partitions({ asset, partitions }: { asset: AssetDetail; partitions: AssetPartitions }) {
  const { size, counts, stretches } = partitions
  const [chosen, setChosen] = useState<Stretch>()
  const range = chosen && rangeOf(chosen)
  if (size === 0)
    return (
      <Empty title="No partition yet">
        The first window of time has to end, or a key has to be added with <Code>millrace partitions add</Code>.
      </Empty>
    )
  return (
    <Stack gap="lg">
      <div>
        <Group gap="md" mb="xs">
          <Text size="sm">
            {plural(size, 'partition')} ({asset.partitions})
          </Text>
          {statuses
            .filter((status) => counts[status] > 0)
            .map((status) => (
              <Text key={status} size="sm">
                <span className={classes.swatch} style={filled(status)} />
                {count(counts[status])} {words[status]}
              </Text>
            ))}
        </Group>
        <fieldset className={classes.bar} aria-label={`Partitions of ${asset.key}`}>
          {stretches.map((stretch) => (
            <button
              key={stretch.from}
              type="button"
              className={classes.stretch}
              style={{ ...filled(stretch.status), flexGrow: stretch.count, flexBasis: 0 }}
              data-chosen={rangeOf(stretch) === range || undefined}
              title={`${rangeOf(stretch)}: ${words[stretch.status]}${stretch.count > 1 ? ` (${count(stretch.count)})` : ''}`}
              aria-label={`${rangeOf(stretch)}, ${words[stretch.status]}`}
              onClick={() => setChosen(stretch)}
            />
          ))}
        </fieldset>
        <div className={classes.ends}>
          <span>{stretches[0]?.first}</span>
          <span>{stretches.at(-1)?.last}</span>
        </div>
      </div>
      {chosen?.count === 1 && <OnePartition asset={asset.key} partition={chosen.first} />}
      <Needs least="editor">
        <NewBackfill key={range} asset={asset.key} partitions={range ?? partitions.unmade} />
      </Needs>
      <Backfills asset={asset.key} />
    </Stack>
  )
}

function OnePartition({ asset, partition }: { asset: string; partition: string }) {
  const query = useQuery({
    queryKey: ['partitions', asset, partition],
    queryFn: () => get<PartitionDetail>(`/assets/${segment(asset)}/partitions/${segment(partition)}`),
  })
  return (
    <Section title={partition}>
      <Loaded query={query}>
        {({ window, madeAt, failedAt, runId }) => (
          <Text size="sm">
            {window && `${exactTime(window.start)} to ${exactTime(window.end)} · `}
            {madeAt ? (
              <>
                made <Ago at={madeAt} />
              </>
            ) : (
              'never made'
            )}
            {failedAt && (
              <>
                {' '}
                · failed <Ago at={failedAt} />
              </>
            )}
            {runId && (
              <>
                {' '}
                ·{' '}
                <To to="/runs/$id" params={{ id: runId }} search={{}}>
                  its last run
                </To>
              </>
            )}
          </Text>
        )}
      </Loaded>
    </Section>
  )
}

function NewBackfill({ asset, partitions: first }: { asset: string; partitions: string }) {
  const [partitions, setPartitions] = useState(first)
  const [perRun, setPerRun] = useState<number | ''>('')
  const wish = { selection: `"${asset}"`, partitions, ...(perRun === '' ? {} : { perRun }) }
  const plan = useQuery({
    queryKey: ['plan', 'backfill', wish],
    queryFn: () => post<Planned>('/backfills', { ...wish, dryRun: true }),
    enabled: partitions.trim() !== '',
    retry: false,
  })
  const start = useMutation({
    mutationFn: () => post<Planned>('/backfills', wish),
    onSuccess: () => {
      notifications.show({ message: 'The backfill has begun' })
      setPartitions('')
    },
  })
  const failure = start.error ?? plan.error
  return (
    <Section title="Backfill">
      <Stack gap="sm" maw={860}>
        <Group align="flex-end" gap="sm">
          <TextInput
            flex="1 1 260px"
            label="Partitions"
            description="Keys, ranges a...b, *; with commas between them"
            value={partitions}
            placeholder="none"
            onChange={(event) => setPartitions(event.currentTarget.value)}
          />
          <NumberInput
            w={140}
            label="In each run"
            placeholder="as defined"
            min={1}
            value={perRun}
            onChange={(value) => setPerRun(typeof value === 'number' ? value : '')}
          />
          <Button
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            disabled={!plan.data || partitions.trim() === ''}
            loading={start.isPending}
            onClick={() => start.mutate()}
          >
            Start
          </Button>
        </Group>
        {plan.data && (
          <Text size="sm" c="dimmed">
            It will make {plural(plan.data.partitionCount, 'partition')} in {plural(plan.data.runCount, 'run')}
            {plan.data.isSequential && plan.data.runCount > 1 ? ', one after the other' : ''}.
          </Text>
        )}
        {failure instanceof ApiFailure && <ErrorBox error={failure.error} />}
      </Stack>
    </Section>
  )
}
