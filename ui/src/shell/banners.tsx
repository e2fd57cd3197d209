import { Anchor, Code, Collapse, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import type { ApiError, Health } from '../../../src/server/contract/index.js'
import type { Live } from '../api/live.js'
import { useMay } from '../api/session.js'
import { CommandLine } from '../design/command-line.js'
import { missingSecretsOf } from '../design/connections/missing-secrets.js'
import { slotsWords } from '../design/runs/run-words.js'
import { ErrorBox, firstLine, placeOf } from '../design/states.js'
import { StatusIcon } from '../design/status.js'
import { Ago, clockTime, plural } from '../design/text/time.js'
import { To } from '../design/text/to.js'
import classes from './shell.module.css'

/** What is wrong with the installation or the project, on top of every page. */
export function Banners({ live, health }: { live: Live; health: Health | undefined }) {
  if (!live.isConnected)
    return (
      <Banner icon="down">
        <b>The server does not answer</b> since <Ago at={live.lostAt} />. What you see is what was known then; the page
        catches up by itself. Is it still running? <CommandLine>millrace up</CommandLine>
      </Banner>
    )
  if (!health) return null
  const problems = (health.problems ?? []).filter((one) => !isOfPart(one, health.broken))
  const waiting = problems.filter((one) => waitingConnection(one) !== undefined)
  return (
    <>
      <Standstill health={health} />
      {health.store.status === 'down' && (
        <Banner icon="down">
          <b>The metadata store does not answer.</b> {health.store.message}
        </Banner>
      )}
      {health.broken?.map((part) => (
        <BrokenPart key={part.file} {...part} />
      ))}
      {waiting.map((problem) => (
        <Waiting key={placeOf(problem)} problem={problem} />
      ))}
      <Problems problems={problems.filter((one) => !waiting.includes(one))} icon="failed" word="problem" />
      <Problems problems={health.warnings ?? []} icon="warning" word="warning" />
    </>
  )
}

/** What does not work where no engine runs beside the server, or nobody claims runs: workers may do so elsewhere. */
function Standstill({ health: { engine, slots, queue } }: { health: Health }) {
  const hasWorkers = slots !== undefined && slots.workers > 0
  if (engine.status === 'down' && hasWorkers)
    return (
      <Banner icon="warning">
        <b>No engine runs beside this server.</b> Runs go on elsewhere ({slotsWords(slots)}); samples, checks of
        connections and queries do not work. To have them, start <CommandLine>millrace engine --no-runs</CommandLine>
      </Banner>
    )
  if (engine.status === 'down')
    return (
      <Banner icon="down">
        <b>The engine is down.</b> Runs wait in the queue; samples, checks of connections and queries do not work.{' '}
        <Code>millrace up</Code> starts it again by itself, and its terminal says why it ended; where each part runs by
        itself, start <CommandLine>millrace engine</CommandLine>
      </Banner>
    )
  if (engine.status !== 'starting' && slots && !hasWorkers && queue && queue.queued > 0)
    return (
      <Banner icon="down">
        <b>No worker claims runs</b>, and {plural(queue.queued, 'run')} {queue.queued === 1 ? 'waits' : 'wait'} in the
        queue. Start <CommandLine>millrace worker</CommandLine>
      </Banner>
    )
  return null
}

type Broken = NonNullable<Health['broken']>

const isOfPart = (problem: ApiError, broken: Broken = []) =>
  broken.some(({ error }) => error.message === problem.message && placeOf(error) === placeOf(problem))

/** A file that could be read before: everything of it is still there to be looked at. */
function BrokenPart({ file, since, error }: Broken[number]) {
  const [isOpen, { toggle }] = useDisclosure()
  return (
    <Banner icon="failed">
      <b>{file} cannot be loaded</b> since {clockTime(since)}: {firstLine(error.message)}{' '}
      <Text span size="sm" ff="monospace" c="dimmed">
        {placeOf(error)}
      </Text>{' '}
      Shown is what it said before. Until it is mended, its assets do not run, its sensors are not asked, and schedules
      that need them wait.{' '}
      <Anchor component="button" type="button" onClick={toggle} aria-expanded={isOpen}>
        {isOpen ? 'Less' : 'How to mend it'}
      </Anchor>
      <Collapse expanded={isOpen}>
        <ErrorBox error={error} />
      </Collapse>
    </Banner>
  )
}

/** The connection that a problem is of, where that only lacks a secret. */
const waitingConnection = (problem: ApiError): string | undefined =>
  missingSecretsOf(problem).length > 0 && typeof problem.data?.connection === 'string'
    ? problem.data.connection
    : undefined

function Waiting({ problem }: { problem: ApiError }) {
  const name = waitingConnection(problem) ?? ''
  const maySet = useMay('admin')
  return (
    <Banner icon="warning">
      <b>The connection {name} waits for a secret.</b> {firstLine(problem.message)}{' '}
      <To to="/connections/$name" params={{ name }} search={{}}>
        {maySet ? 'Set it' : 'The connection'}
      </To>
    </Banner>
  )
}

function Problems({
  problems: [first, ...others],
  icon,
  word,
}: {
  problems: readonly ApiError[]
  icon: string
  word: string
}) {
  const [isOpen, { toggle }] = useDisclosure()
  if (!first) return null
  const place = placeOf(first)
  return (
    <Banner icon={icon}>
      <b>The project has {others.length === 0 ? `a ${word}` : `${others.length + 1} ${word}s`}:</b>{' '}
      {firstLine(first.message)}
      {place && (
        <>
          {' '}
          <Text span size="sm" ff="monospace" c="dimmed">
            {place}
          </Text>
        </>
      )}{' '}
      <Anchor component="button" type="button" onClick={toggle} aria-expanded={isOpen}>
        {isOpen ? 'Less' : others.length === 0 ? 'How to mend it' : 'All of them'}
      </Anchor>
      <Collapse expanded={isOpen}>
        <Stack gap="xs" mt="xs">
          {[first, ...others].map((problem) => (
            <ErrorBox key={`${problem.code} ${placeOf(problem)} ${problem.message}`} error={problem} />
          ))}
        </Stack>
      </Collapse>
    </Banner>
  )
}

function Banner({ icon, children }: { icon: string; children: ReactNode }) {
  return (
    <div className={classes.banner} data-tone={icon === 'warning' ? 'warn' : undefined} role="alert">
      <div className={classes.bannerHead}>
        <span style={{ lineHeight: '22px', paddingTop: 3 }}>
          <StatusIcon value={icon} size={17} />
        </span>
        <div className={classes.bannerWords}>{children}</div>
      </div>
    </div>
  )
}
