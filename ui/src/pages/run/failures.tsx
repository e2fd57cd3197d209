import { Accordion, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconDatabaseSearch, IconFileText } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { RunDetail, RunEventView, RunStepView } from '../../../../src/server/contract/index.js'
import { ErrorBox, firstLine } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { count, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { useEventsOf } from './events.js'
import { failedAssets, isCheck, outcomeOf, stepTitle } from './steps.js'

/** More than these are found in the steps below. */
const mostFailures = 20

interface FailuresProps {
  readonly run: RunDetail
  readonly onShowLog: (step: string) => void
}

/** Why it failed, the first failure in full: later ones are often caused by it. */
export function Failures({ run, onShowLog }: FailuresProps) {
  const failed = run.steps
    .filter((step) => outcomeOf(step) === 'failed')
    .sort((a, b) => ((a.endedAt ?? '') < (b.endedAt ?? '') ? -1 : 1))
  const evaluated = useEventsOf(
    run.id,
    'check_evaluated',
    failed.some((step) => failedChecks(step).length > 0),
  )
  // A sync makes many: which of them failed is told by the events.
  const told = useEventsOf(
    run.id,
    'asset_failed',
    failed.some((step) => step.assets.length > 1),
  )
  const events = [...(evaluated.data ?? []), ...(told.data ?? [])]
  const [first, ...others] = failed
  if (!first) return run.error ? <ErrorBox error={run.error} /> : null
  return (
    <Stack gap="xs">
      <FailureHead step={first} events={events} onShowLog={onShowLog} />
      <FailureBody step={first} events={events} />
      {others.length > 0 && (
        <Accordion variant="contained" chevronPosition="left">
          {others.slice(0, mostFailures).map((step) => (
            <Accordion.Item key={step.key} value={step.key}>
              <Accordion.Control>
                <Group gap="xs" wrap="nowrap">
                  <Status value="failed" label={stepTitle(step)} />
                  <Text size="sm" c="dimmed" truncate>
                    {whyOf(step)}
                  </Text>
                </Group>
              </Accordion.Control>
              <Accordion.Panel>
                <Stack gap="xs">
                  <FailureHead step={step} events={events} onShowLog={onShowLog} />
                  <FailureBody step={step} events={events} />
                </Stack>
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      )}
      {others.length > mostFailures && <Text size="sm">and {count(others.length - mostFailures)} more</Text>}
    </Stack>
  )
}

const failedChecks = (step: RunStepView) => step.checks.filter((check) => check.status === 'failed')
const whatFailed = ({ name, message }: RunStepView['checks'][number]) => `${name}: ${message ?? 'it does not hold'}`

/** The name of a check is said where the step has the one of an asset. */
function whyOf(step: RunStepView): string {
  const [check] = failedChecks(step)
  if (check) return firstLine(isCheck(step) ? (check.message ?? 'it does not hold') : whatFailed(check))
  return firstLine(step.error?.message ?? 'the check failed')
}

function FailureHead({
  step,
  events,
  onShowLog,
}: {
  step: RunStepView
  events: readonly RunEventView[]
  onShowLog: (step: string) => void
}) {
  const [asset, ...others] = failedAssets(step, events)
  return (
    <Group justify="space-between" gap="xs">
      <Group gap={6}>
        <Status value="failed" label={stepTitle(step)} />
        {asset !== undefined && asset !== stepTitle(step) && (
          <Text size="sm" c="dimmed">
            of{' '}
            <To to="/assets/$key" params={{ key: asset }} inherit>
              {asset}
            </To>
            {others.length > 0 && ` and ${count(others.length)} more`}
          </Text>
        )}
      </Group>
      <Group gap="xs">
        {asset !== undefined && (
          <Button
            variant="default"
            size="compact-xs"
            renderRoot={(props) => <Link to="/assets/$key" params={{ key: asset }} search={{}} {...props} />}
          >
            Open asset
          </Button>
        )}
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconFileText size={13} aria-hidden />}
          onClick={() => onShowLog(step.key)}
        >
          Its log
        </Button>
      </Group>
    </Group>
  )
}

function FailureBody({ step, events }: { step: RunStepView; events: readonly RunEventView[] }) {
  const checks = failedChecks(step)
  if (checks.length === 0) return step.error && <ErrorBox error={step.error} />
  return checks.map((check) => {
    const event = events.find(
      (one) => one.type === 'check_evaluated' && one.check === check.name && one.asset === check.asset,
    )
    const sql = event?.metadata?.compiled_sql
    const text = typeof sql === 'object' && sql?.type === 'sql' ? sql.text.trim() : undefined
    const rows = event?.metadata?.failures
    return (
      <Stack key={check.name} gap={6}>
        <ErrorBox
          error={{
            code: 'CHECK_FAILED',
            kind: 'user',
            retryable: false,
            message: whatFailed(check),
            hint: `${text === undefined ? 'Mend the data, the code that makes it, or the check; the Checks tab of the asset has what it found before.' : `Look at the ${typeof rows === 'number' ? plural(rows, 'row') : 'rows'} that break it, then mend the data or the model.`} ${step.status === 'failed' ? `What needs ${check.asset} was not touched.` : `It does not block: what needs ${check.asset} went on.`}`,
          }}
        />
        {text !== undefined && (
          <>
            <Code block mah={180} style={{ overflow: 'auto' }}>
              {text}
            </Code>
            <Group>
              <Button
                variant="default"
                size="compact-sm"
                leftSection={<IconDatabaseSearch size={14} aria-hidden />}
                renderRoot={(props) => <Link to="/query" search={{ sql: text, run: true }} {...props} />}
              >
                Show the rows that break it
              </Button>
            </Group>
          </>
        )}
      </Stack>
    )
  })
}
