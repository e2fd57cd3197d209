import { CloseButton, Code, List, Text } from '@mantine/core'
import type { TestedRunView, TestTick } from '../../../../src/server/contract/index.js'
import { selectionWords } from '../../design/runs/run-words.js'
import { ErrorBox } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { count, lasted, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './automation.module.css'

const mostRuns = 10

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
      {result.runs.length > 0 && (
        <List size="sm">
          {result.runs.slice(0, mostRuns).map((run, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two runs may be the same, and the list never changes
            <List.Item key={i}>
              <b>{selectionWords(run.selection)}</b>: {plural(run.assets, 'asset')}, {plural(run.checks, 'check')}
              {run.runId !== undefined && (
                <>
                  {' '}
                  · requested before:{' '}
                  <To to="/runs/$id" params={{ id: run.runId }}>
                    run {run.runId.slice(-8)}
                  </To>
                </>
              )}
              {details(run).map(([what, value]) => (
                <Text key={what} size="xs" c="dimmed" className={classes.asked}>
                  {what} <Code>{value}</Code>
                </Text>
              ))}
            </List.Item>
          ))}
          {result.runCount > mostRuns && <List.Item>and {count(result.runCount - mostRuns)} more</List.Item>}
        </List>
      )}
      {result.cursor !== undefined && (
        <Text size="sm" className={classes.asked}>
          Its cursor would be <Code>{JSON.stringify(result.cursor)}</Code>
        </Text>
      )}
    </div>
  )
}

/** What else is asked for. */
const details = ({ partitions, key, tags = {}, config }: TestedRunView): (readonly [string, string])[] => [
  ...(partitions === undefined ? [] : [['partitions', partitions] as const]),
  ...(key === undefined ? [] : [['key', key] as const]),
  ...Object.entries(tags).map(([tag, value]) => [`tag ${tag}`, value] as const),
  ...(config === undefined ? [] : [['config', JSON.stringify(config)] as const]),
]

function headline({ status, reason, newRuns }: TestTick): string {
  if (status === 'failed') return 'A tick would fail'
  if (status === 'skipped') return `A tick would start nothing${reason ? `: ${reason}` : ''}`
  return `A tick would start ${plural(newRuns, 'run')}`
}
