import { Alert, Button, Code, Group, List, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ConnectionDraftView, ConnectionFileView } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { Section } from '../../design/page.js'
import { asApiError, ErrorBox, Lines } from '../../design/states.js'
import { cronWords } from '../automation/cron-words.js'
import classes from './new-connection.module.css'

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const zones = [...new Set(['UTC', ownZone, ...Intl.supportedValuesOf('timeZone')])]
const usualCrons = [
  { label: 'By hand only', value: '' },
  { label: 'Every hour', value: '0 * * * *' },
  { label: 'Every day', value: '0 4 * * *' },
  { label: 'Every Monday', value: '0 4 * * 1' },
]

/** Where to and when, and the file that comes of it. */
export function Review({
  draft,
  onChange,
  onSaved,
}: {
  draft: ConnectionDraftView
  onChange: (change: Partial<Pick<ConnectionDraftView, 'destination' | 'schedule'>>) => void
  onSaved: (file: ConnectionFileView) => void
}) {
  const client = useQueryClient()
  const [settled] = useDebouncedValue(draft, 300)
  const preview = useQuery({
    queryKey: ['connection-preview', settled],
    queryFn: () => post<ConnectionFileView>('/connection-drafts/preview', settled),
    retry: false,
    // It holds what somebody typed as a password: it goes with the page.
    gcTime: 0,
    placeholderData: keepPreviousData,
  })
  const save = useMutation({
    mutationFn: () => post<ConnectionFileView>('/connections', draft),
    onSuccess: async (file) => {
      await client.invalidateQueries({ queryKey: ['connections'] })
      onSaved(file)
    },
  })
  const { destination, schedule } = draft
  const cron = schedule?.cron ?? ''
  const setSchedule = (next: string, timezone = schedule?.timezone ?? ownZone) =>
    onChange({ schedule: next.trim() === '' ? undefined : { cron: next, timezone } })
  return (
    <>
      <Section title="Where to, and when">
        <div className={classes.form}>
          <TextInput
            size="sm"
            label="Schema"
            description="Of the tables in the warehouse; it is made when it does not exist."
            withAsterisk
            value={destination.schema ?? ''}
            onChange={(event) => onChange({ destination: { ...destination, schema: event.currentTarget.value } })}
          />
          <TextInput
            size="sm"
            label="Prefix"
            description="Put before the name of each stream to make its table."
            placeholder={`for example ${draft.name}_`}
            value={destination.prefix ?? ''}
            onChange={(event) => onChange({ destination: { ...destination, prefix: event.currentTarget.value } })}
          />
          <div>
            <TextInput
              size="sm"
              label="Schedule"
              description="Minute, hour, day of month, month, day of week. By hand only when left out."
              placeholder="0 4 * * *"
              value={cron}
              onChange={(event) => setSchedule(event.currentTarget.value)}
            />
            <Group gap={4} mt={4}>
              {usualCrons.map((one) => (
                <Button
                  key={one.value}
                  size="compact-xs"
                  variant={one.value === cron ? 'light' : 'subtle'}
                  aria-pressed={one.value === cron}
                  onClick={() => setSchedule(one.value)}
                >
                  {one.label}
                </Button>
              ))}
            </Group>
          </div>
          <Select
            size="sm"
            label="Time zone"
            description={
              cronWords(cron) === undefined ? 'Of the schedule.' : `It runs ${cronWords(cron)}, by this zone.`
            }
            searchable
            allowDeselect={false}
            disabled={cron === ''}
            data={zones}
            value={schedule?.timezone ?? ownZone}
            onChange={(zone) => zone !== null && setSchedule(cron, zone)}
          />
        </div>
      </Section>
      <Section title="What will be written" aside={preview.data?.file}>
        <Stack gap="sm">
          {preview.error && <ErrorBox error={asApiError(preview.error)} />}
          {!preview.error && preview.data && (
            <>
              <Code block>{preview.data.yaml}</Code>
              <Variables file={preview.data} />
            </>
          )}
          {preview.isPending && <Lines number={6} />}
          {save.error && <ErrorBox error={asApiError(save.error)} />}
          <Group>
            <Button
              size="sm"
              loading={save.isPending}
              disabled={preview.error !== null || preview.data === undefined || settled !== draft}
              onClick={() => save.mutate()}
            >
              Save {preview.data && !preview.error ? preview.data.file : ''}
            </Button>
          </Group>
        </Stack>
      </Section>
    </>
  )
}

/** What has to be set before the connection can be read. */
export function Variables({ file: { missingVariables, file } }: { file: ConnectionFileView }) {
  if (missingVariables.length === 0) return null
  return (
    <Alert variant="default" title="Secrets stay out of the file">
      <Text size="sm">
        Set these variables in the environment of Millrace, and start it anew. Until then {file} cannot be read.
      </Text>
      <List size="sm" mt={4}>
        {missingVariables.map((name) => (
          <List.Item key={name}>
            <Code>{name}</Code>
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
