import { Alert, Button, Code, CopyButton, Group, List, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ConnectionDraftView, ConnectionFileView } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import type { CheckAnswer } from '../../design/connections/check-answer.js'
import { ErrorWithSecrets } from '../../design/connections/missing-secrets.js'
import { Section } from '../../design/page.js'
import { asApiError, ErrorBox, Lines } from '../../design/states.js'
import { plural } from '../../design/text/time.js'
import { BothEnds, type TestedEnd } from './both-ends.js'
import { type Made, placesKey } from './made.js'
import classes from './new-connection.module.css'
import type { Preview } from './preview.js'
import { ScheduleFields } from './schedule-fields.js'

/** When, whether both ends work, and the file that comes of it. */
export function Review({
  draft,
  schedule,
  checked,
  preview,
  onSchedule,
  onSaved,
}: {
  draft: ConnectionDraftView
  schedule: Made['schedule']
  /** What the steps before found of source and destination. */
  checked: readonly [source: CheckAnswer | undefined, destination: CheckAnswer | undefined]
  preview: Preview
  onSchedule: (schedule: Made['schedule']) => void
  onSaved: () => void
}) {
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: async (isSynced: boolean) => {
      await post('/connections', draft)
      if (isSynced) await post(`/connections/${segment(draft.name)}/sync`)
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['connections'] })
      onSaved()
    },
  })
  const { file, error } = preview
  const canSave = preview.isCurrent && error === undefined && file !== undefined
  return (
    <>
      <Section title="When">
        <ScheduleFields schedule={schedule} onChange={onSchedule} />
      </Section>
      <Section title="Both ends">
        <BothEnds ends={endsOf(draft, checked)} />
      </Section>
      <Section title="What will be written" aside={file && <FileName file={file} />}>
        <Stack gap="sm">
          {error && <ErrorWithSecrets error={error} />}
          {!error && file && (
            <>
              <Code block className={classes.yaml} tabIndex={0}>
                {file.yaml}
              </Code>
              <NewSecrets file={file} />
              <Places file={file} />
            </>
          )}
          {!error && !file && <Lines number={6} />}
          {save.error && <ErrorBox error={asApiError(save.error)} />}
          <Group gap="xs">
            <Button
              size="sm"
              loading={save.isPending && !save.variables}
              disabled={!canSave || save.isPending}
              onClick={() => save.mutate(false)}
            >
              Save {file && !error ? file.file : ''}
            </Button>
            <Button
              size="sm"
              variant="default"
              loading={save.isPending && save.variables}
              disabled={!canSave || save.isPending}
              onClick={() => save.mutate(true)}
            >
              Save and sync
            </Button>
          </Group>
        </Stack>
      </Section>
    </>
  )
}

function endsOf(
  draft: ConnectionDraftView,
  [ofSource, ofDestination]: readonly (CheckAnswer | undefined)[],
): readonly TestedEnd[] {
  const { name, source } = draft
  return [
    {
      title: 'Source',
      key: JSON.stringify(source),
      // Into the warehouse, which is not asked: what is wrong with the destination is told below.
      test: () => post<CheckAnswer>('/connection-drafts/check', { name, source, destination: { schema: 'raw' } }),
      checked: ofSource,
    },
    {
      title: 'Destination',
      key: placesKey(draft),
      test: () => post<CheckAnswer>('/connection-drafts/check-destination', draft),
      checked: ofDestination,
    },
  ]
}

function FileName({ file: { file, yaml } }: { file: ConnectionFileView }) {
  return (
    <Group gap="xs">
      <span>{file}</span>
      <CopyButton value={yaml} timeout={1500}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="subtle" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}

/** Where each stream will be. */
function Places({ file: { places } }: { file: ConnectionFileView }) {
  const kept = places.filter(({ place }) => place !== undefined)
  if (kept.length === 0) return null
  return (
    <details>
      <summary className={classes.summary}>Where {plural(kept.length, 'stream')} will be</summary>
      <dl className={classes.places}>
        {kept.map(({ stream, place }) => (
          <div key={stream}>
            <dt>{stream}</dt>
            <dd>→ {place}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** What is kept beside the file. */
export function NewSecrets({ file: { newSecrets } }: { file: Pick<ConnectionFileView, 'newSecrets'> }) {
  if (newSecrets.length === 0) return null
  return (
    <Alert variant="default" title="Secrets stay out of the file">
      <Text size="sm">
        They are kept encrypted in the metadata store, under these names, and used at once. Settings → Secrets lists
        them.
      </Text>
      <List size="sm" mt={4}>
        {newSecrets.map((name) => (
          <List.Item key={name}>
            <Code>{name}</Code>
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
