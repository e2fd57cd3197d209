import { Anchor, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { Overview } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { placeOf } from '../../design/states.js'
import { StatusIcon } from '../../design/status.js'
import { Ago } from '../../design/time.js'
import { To } from '../../design/to.js'
import classes from './overview.module.css'

const shownFirst = 5

/** What fails, why in one line, where, and where to look. */
export function Failures({ data: { failures, failureCount, failingAutomations } }: { data: Overview }) {
  const [isLong, setLong] = useState(false)
  if (failures.length + failingAutomations.length === 0) return null
  const shown = isLong ? failures : failures.slice(0, shownFirst)
  return (
    <Section
      title="Failures"
      aside={
        failureCount > shown.length
          ? `${shown.length + failingAutomations.length} of ${failureCount + failingAutomations.length}`
          : failureCount + failingAutomations.length
      }
      isFlush
    >
      {failingAutomations.map((automation) => (
        <FailingAutomation key={`automation ${automation.name}`} automation={automation} />
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

/** Its target is not made any more, though nothing of that failed. */
function FailingAutomation({ automation }: { automation: Overview['failingAutomations'][number] }) {
  const { name, type, since, message } = automation
  return (
    <article className={classes.item} aria-label={`${name} fails`}>
      <span className={classes.itemIcon}>
        <StatusIcon value="failed" size={16} />
      </span>
      <div className={classes.itemBody}>
        <div className={classes.itemHead}>
          <To to="/automation" hash={name} fw={600} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </To>
          <Text size="sm" c="dimmed">
            since <Ago at={since} />
          </Text>
        </div>
        <Text className={classes.message}>
          <Text span inherit fw={500}>
            {type}:{' '}
          </Text>
          {message}
        </Text>
      </div>
    </article>
  )
}

function Failure({ failure }: { failure: Overview['failures'][number] }) {
  const place = placeOf(failure.error)
  return (
    <article className={classes.item} aria-label={`${failure.asset} failed`}>
      <span className={classes.itemIcon}>
        <StatusIcon value="failed" size={16} />
      </span>
      <div className={classes.itemBody}>
        <div className={classes.itemHead}>
          <To
            to="/assets/$key"
            params={{ key: failure.asset }}
            search={{}}
            fw={600}
            style={{ overflowWrap: 'anywhere' }}
          >
            {failure.asset}
          </To>
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
        </div>
        <Text className={classes.message}>
          {failure.checks.length > 0 && (
            <Text span inherit fw={500}>
              {failure.checks.length === 1 ? 'check' : 'checks'} {failure.checks.join(', ')}:{' '}
            </Text>
          )}
          {failure.message}
        </Text>
        {place && <div className={classes.place}>{place}</div>}
      </div>
    </article>
  )
}
