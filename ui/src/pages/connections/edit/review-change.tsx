import { Button, Group, List, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type {
  ChangeEffectView,
  ChangePreviewView,
  ChangeWritten,
  ConnectionChangeView,
} from '../../../../../src/server/contract/index.js'
import { put } from '../../../api/client.js'
import { CodeWords } from '../../../design/code/code-words.js'
import { DiffText } from '../../../design/code/diff-text.js'
import { ErrorWithSecrets } from '../../../design/connections/missing-secrets.js'
import { Section } from '../../../design/page.js'
import { asApiError, ErrorBox, Lines } from '../../../design/states.js'
import { Status } from '../../../design/status.js'
import { plural } from '../../../design/text/time.js'
import { testOf } from '../../new-connection/both-ends.js'
import { failureOf } from '../../new-connection/destination-step.js'
import { NewSecrets } from '../../new-connection/review.js'
import type { Settled } from '../../new-connection/settled.js'
import classes from '../connections.module.css'
import { changedEnds } from './changed-ends.js'

const reviewId = 'what-will-be-written'

/** Wherever one is on a long form: that something is not saved, and where that is done. */
export function NotSaved() {
  return (
    <div className={classes.notSaved} role="status">
      <Text size="sm">Not saved yet.</Text>
      <Button
        size="compact-sm"
        variant="light"
        onClick={() => document.getElementById(reviewId)?.scrollIntoView({ behavior: 'smooth' })}
      >
        See what will be written
      </Button>
    </div>
  )
}

/** What will be written, what comes of it, and the button that does it. */
export function ReviewChange({
  path,
  file,
  change,
  preview: { answer, error, isCurrent },
  canSave,
  lacks,
  onDiscard,
  onSaved,
}: {
  path: string
  file: string
  change: ConnectionChangeView
  preview: Settled<unknown, ChangePreviewView>
  canSave: boolean
  /** What is to be done before anything can be told of it. */
  lacks: string | undefined
  onDiscard: () => void
  onSaved: (effects: readonly ChangeEffectView[]) => Promise<void>
}) {
  const [ofSource, ofDestination] = changedEnds(path, change)
  // An end whose settings are others is tested before they are written.
  const tested = [...(change.source ? [ofSource] : []), ...(change.destination ? [ofDestination] : [])]
  const save = useMutation({
    mutationFn: async (isTested: boolean) => {
      const answers = isTested ? [] : await Promise.all(tested.map(testOf))
      const failures = answers.flatMap((one) => failureOf(one) ?? [])
      if (failures.length > 0) return { failures }
      await put<ChangeWritten>(path, change)
      await onSaved(answer?.effects ?? [])
      return { failures }
    },
  })
  const failures = save.data?.failures ?? []
  // A stream that the source has under another name now is switched off next.
  const isHalfDone = error?.code === 'STREAM_NOT_FOUND' && change.source !== undefined
  const isReady = canSave && isCurrent && error === undefined && !save.isPending
  return (
    <Section title="What will be written" aside={file} id={reviewId}>
      <Stack gap="sm">
        {lacks && (
          <Text size="sm" role="status">
            {lacks}
          </Text>
        )}
        {error && !isHalfDone && <ErrorWithSecrets error={error} />}
        {error && isHalfDone && (
          <Text size="sm" role="status">
            <CodeWords text={error.message} /> With these settings it is there no more, or under another name: on the
            tab <b>Schema</b> it can be switched off, and the other one on.
          </Text>
        )}
        {!lacks && !error && !answer && <Lines number={4} />}
        {!lacks && !error && answer && (
          <>
            {answer.diff.length === 0 && isCurrent && (
              <Text size="sm" c="dimmed">
                The file says so already.
              </Text>
            )}
            {answer.diff.length > 0 && <DiffText lines={answer.diff} label={`What changes in ${file}`} />}
            <NewSecrets file={answer} />
            <Effects effects={answer.effects} />
          </>
        )}
        {save.error && <ErrorBox error={asApiError(save.error)} />}
        {failures.map((failure) => (
          <ErrorWithSecrets key={failure.message} error={failure} />
        ))}
        <Group gap="xs">
          <Button loading={save.isPending} disabled={!isReady} onClick={() => save.mutate(false)}>
            {tested.length > 0 ? 'Test and save' : 'Save'}
          </Button>
          {failures.length > 0 && (
            <Button variant="default" disabled={!isReady} onClick={() => save.mutate(true)}>
              Save all the same
            </Button>
          )}
          <Button variant="subtle" disabled={save.isPending} onClick={onDiscard}>
            Discard the changes
          </Button>
        </Group>
      </Stack>
    </Section>
  )
}

const heavy: readonly ChangeEffectView['kind'][] = ['refresh', 'replace', 'move', 'remove', 'source', 'unknown']

/** What the next sync will do otherwise: what touches rows that are there first. */
function Effects({ effects }: { effects: readonly ChangeEffectView[] }) {
  if (effects.length === 0) return null
  const shown = [...effects].sort((a, b) => orderOf(a) - orderOf(b)).slice(0, mostShown)
  const needed = effects.filter(({ kind }) => kind === 'refresh').length
  return (
    <div>
      <Text size="sm" fw={600}>
        What comes of it
      </Text>
      <List size="sm" mt={4} spacing={4} aria-label="What comes of it" listStyleType="none">
        {shown.map(({ stream, kind, message }) => (
          <List.Item key={`${stream} ${kind}`}>
            {heavy.includes(kind) && (
              <>
                <Status value="warning" label={words[kind]} />:{' '}
              </>
            )}
            {stream && <b>{stream}</b>} <CodeWords text={message} />
          </List.Item>
        ))}
      </List>
      {effects.length > shown.length && (
        <Text size="sm" c="dimmed">
          and {plural(effects.length - shown.length, 'more effect')}
        </Text>
      )}
      {needed > 0 && (
        <Text size="sm" mt={4}>
          Once it is saved, the full refresh can be started here. <b>Clear data</b> above empties the tables instead,
          and the next sync fills them.
        </Text>
      )}
    </div>
  )
}

const mostShown = 50
const orderOf = ({ kind }: ChangeEffectView) => (heavy.indexOf(kind) + heavy.length + 1) % (heavy.length + 1)

const words: Readonly<Record<ChangeEffectView['kind'], string>> = {
  refresh: 'full refresh needed',
  replace: 'loaded from the start',
  move: 'another place',
  remove: 'switched off',
  source: 'another source?',
  unknown: 'not known',
  add: 'new',
  columns: 'columns',
}
