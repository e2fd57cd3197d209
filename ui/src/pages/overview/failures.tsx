import { Anchor, Group, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Overview } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { placeOf } from '../../design/states.js'
import { StatusIcon } from '../../design/status.js'
import { Ago } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './overview.module.css'

const shownFirst = 5

/** What fails, why in one line, where, and where to look. */
export function Failures({ data }: { data: Overview }) {
  const [isLong, setLong] = useState(false)
  const { failures, failureCount, failingAutomations, failedRuns } = data
  const others = failingAutomations.length + failedRuns.length
  if (failures.length + others === 0) return null
  const shown = isLong ? failures : failures.slice(0, shownFirst)
  const total = failureCount + others
  return (
    <Section
      title="Failures"
      aside={failureCount > shown.length ? `${shown.length + others} of ${total}` : total}
      isFlush
    >
      {failingAutomations.map((automation) => (
        <FailingAutomation key={`automation ${automation.name}`} automation={automation} />
      ))}
      {failedRuns.map((run) => (
        <FailedRun key={run.id} run={run} />
      ))}
      {shown.map((failure) => (
        <Failure key={failure.asset} failure={failure} />
      ))}
      {!isLong && failures.length > shownFirst && (
        <Anchor component="button" type="button" className={classes.more} onClick={() => setLong(true)}>
          Show {failures.length - shownFirst} more
        </Anchor>
      )}
    </Section>
  )
}

/** The frame of each of them: what, since when, and the rest. */
function Item({
  label,
  head,
  aside,
  children,
}: {
  label: string
  head: ReactNode
  aside: ReactNode
  children: ReactNode
}) {
  return (
    <article className={classes.item} aria-label={label}>
      <span className={classes.itemIcon}>
        <StatusIcon value="failed" size={16} />
      </span>
      <div className={classes.itemBody}>
        <div className={classes.itemHead}>
          {head}
          {aside}
        </div>
        {children}
      </div>
    </article>
  )
}

/** One that failed for reasons of its own. */
function FailedRun({ run: { id, selection, partitions, at, message } }: { run: Overview['failedRuns'][number] }) {
  const what = selection === '*' ? 'everything' : [selection, partitions].filter(Boolean).join(', ')
  return (
    <Item
      label={`The run of ${what} failed`}
      head={
        <To to="/runs/$id" params={{ id }} fw={600} style={{ overflowWrap: 'anywhere' }}>
          Run of {what}
        </To>
      }
      aside={
        <Text size="sm" c="dimmed">
          <Ago at={at} />
        </Text>
      }
    >
      <Text className={classes.message}>{message}</Text>
    </Item>
  )
}

/** Its target is not made any more, though nothing of that failed. */
function FailingAutomation({ automation }: { automation: Overview['failingAutomations'][number] }) {
  const { name, type, since, message } = automation
  return (
    <Item
      label={`${name} fails`}
      head={
        <To to="/automation" hash={name} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </To>
      }
      aside={
        <Text size="sm" c="dimmed">
          since <Ago at={since} />
        </Text>
      }
    >
      <Text className={classes.message}>
        <Text span inherit fw={500}>
          {type}:{' '}
        </Text>
        {message}
      </Text>
    </Item>
  )
}

function Failure({ failure }: { failure: Overview['failures'][number] }) {
  const place = placeOf(failure.error)
  return (
    <Item
      label={`${failure.asset} failed`}
      head={
        <To to="/assets/$key" params={{ key: failure.asset }} search={{}} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {failure.asset}
        </To>
      }
      aside={
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            <Ago at={failure.at} />
          </Text>
          {failure.runId && (
            <To size="sm" to="/runs/$id" params={{ id: failure.runId }}>
              run {failure.runId.slice(-8)}
            </To>
          )}
        </Group>
      }
    >
      <Text className={classes.message}>
        {failure.checks.length > 0 && (
          <Text span inherit fw={500}>
            {failure.checks.length === 1 ? 'check' : 'checks'} {failure.checks.join(', ')}:{' '}
          </Text>
        )}
        {failure.message}
      </Text>
      {place && <div className={classes.place}>{place}</div>}
    </Item>
  )
}
