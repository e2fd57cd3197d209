import { Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { backfillResponseSchema } from '../../../../../src/server/contract/index.js'
import { selectionWord } from '../../../../../src/server/contract/selection.js'
import { ApiFailure, post } from '../../../api/client.js'
import { Section } from '../../../design/page.js'
import { ErrorBox } from '../../../design/states.js'
import { plural } from '../../../design/text/time.js'

type Planned = z.infer<typeof backfillResponseSchema>

const settleMs = 250

/** Partitions to make, with what that would do before the button. @param partitions what was chosen beside it; all without it */
export function NewBackfill({ asset, partitions: first = '*' }: { asset: string; partitions?: string | undefined }) {
  const [partitions, setPartitions] = useState(first)
  const [perRun, setPerRun] = useState<number | ''>('')
  const [onlyMissing, setOnlyMissing] = useState(true)
  const wish = { selection: selectionWord(asset), partitions, onlyMissing, ...(perRun === '' ? {} : { perRun }) }
  const [asked] = useDebouncedValue(wish, settleMs)
  const isSettled = JSON.stringify(asked) === JSON.stringify(wish)
  const plan = useQuery({
    queryKey: ['plan', 'backfill', asked],
    queryFn: () => post<Planned>('/backfills', { ...asked, dryRun: true }),
    enabled: asked.partitions.trim() !== '',
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
  const isNothing = failure instanceof ApiFailure && failure.error.data?.isNothingMissing === true
  const planned = partitions.trim() === '' ? undefined : plan.data
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
            disabled={!planned || !isSettled}
            loading={start.isPending}
            onClick={() => start.mutate()}
          >
            Start
          </Button>
        </Group>
        <Checkbox
          label="Only those that are missing or failed"
          checked={onlyMissing}
          onChange={(event) => setOnlyMissing(event.currentTarget.checked)}
        />
        <div role="status">
          {planned && (
            <Text size="sm" c="dimmed">
              It will make {plural(planned.partitionCount, 'partition')} in {plural(planned.runCount, 'run')}
              {planned.isSequential && planned.runCount > 1 ? ', one after the other' : ''}
              {onlyMissing ? '' : '; what was made before is made anew'}.
            </Text>
          )}
          {isNothing && (
            <Text size="sm" c="dimmed">
              Nothing of it is missing. Untick the box to make it anew.
            </Text>
          )}
        </div>
        {failure instanceof ApiFailure && !isNothing && <ErrorBox error={failure.error} />}
      </Stack>
    </Section>
  )
}
