import { CloseButton, List, Text } from '@mantine/core'
import type { TestTick } from '../../../../src/server/contract/index.js'
import { selectionWords } from '../../design/run-words.js'
import { ErrorBox } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { count, lasted, plural } from '../../design/time.js'
import classes from './automation.module.css'

const mostPlans = 10

/** What a tick would do now. Nothing was started. */
export function TestResult({ result, onClose }: { result: TestTick; onClose: () => void }) {
  return (
    <div className={classes.test} role="status">
      <div className={classes.testHead}>
        <Status value={result.status} label={headline(result)} />
        <Text size="sm" c="dimmed">
          only tested, nothing was started · {lasted(result.durationMs)}
        </Text>
        <CloseButton size="sm" aria-label="Close the result" ml="auto" onClick={onClose} />
      </div>
      {result.error && <ErrorBox error={result.error} />}
      {result.plans.length > 0 && (
        <List size="sm">
          {result.plans.slice(0, mostPlans).map((plan) => (
            <List.Item key={plan.selection}>
              <b>{selectionWords(plan.selection)}</b>: {plural(plan.assets, 'asset')}, {plural(plan.checks, 'check')}
            </List.Item>
          ))}
          {result.plans.length > mostPlans && <List.Item>and {count(result.plans.length - mostPlans)} more</List.Item>}
        </List>
      )}
    </div>
  )
}

function headline({ status, reason, selections }: TestTick): string {
  if (status === 'failed') return 'A tick would fail'
  if (status === 'skipped') return `A tick would start nothing${reason ? `: ${reason}` : ''}`
  return `A tick would start ${plural(selections.length, 'run')}`
}
