import { Card, Group, Text } from '@mantine/core'
import type { AssetHealth, Overview } from '../../../../src/server/contract/index.js'
import { CommandLine } from '../../design/command-line.js'
import { MaterializeButton } from '../../design/runs/materialize-button.js'
import { StatusIcon } from '../../design/status.js'
import { Ago, count, plural } from '../../design/text/time.js'
import classes from './overview.module.css'

/** Is my data all right? In one sentence, with the numbers behind it. */
export function Verdict({ data }: { data: Overview }) {
  const number = (health: AssetHealth) => data.groups.reduce((sum, group) => sum + group.health[health], 0)
  const total = data.groups.reduce((sum, group) => sum + group.assets, 0) - number('external')
  const never = number('never')
  const running = number('running')
  const next = data.upcoming[0]
  const { status, words } = verdictOf(data, { total, never, running, warning: number('warning') })
  return (
    <Card component="section" aria-label="Health" padding="md">
      <div className={classes.verdict}>
        <StatusIcon value={status} size={26} />
        <div className={classes.verdictWords}>
          <Text className={classes.verdictTitle}>{words}</Text>
          <Text size="sm" c="dimmed" component="div">
            {[
              `${count(number('fresh'))} of ${plural(total, 'asset')} fresh`,
              running > 0 && `${count(running)} running`,
              data.staleCount > 0 && `${count(data.staleCount)} stale`,
              data.lateCount > 0 && `${count(data.lateCount)} late`,
              never > 0 && `${count(never)} never materialized`,
              checkWords(data.checks),
            ]
              .filter(Boolean)
              .join(' · ')}
            {next && (
              <>
                {' '}
                · next: {next.automation} <Ago at={next.at} />
              </>
            )}
          </Text>
        </div>
        {never === total && total > 0 && running === 0 && (
          <Group gap="xs">
            <MaterializeButton selection="*" label="Materialize everything" />
            <CommandLine>millrace materialize '*'</CommandLine>
          </Group>
        )}
      </div>
    </Card>
  )
}

function verdictOf(
  data: Overview,
  { total, never, running, warning }: { total: number; never: number; running: number; warning: number },
): { status: string; words: string } {
  const are = (number: number, what: string) => `${plural(number, 'asset')} ${number === 1 ? 'is' : 'are'} ${what}`
  if (data.failureCount > 0) return { status: 'failed', words: are(data.failureCount, 'failing') }
  const [first, ...others] = data.failingAutomations
  if (first)
    return {
      status: 'failed',
      words: others.length === 0 ? `The ${first.type} ${first.name} fails` : `${others.length + 1} automations fail`,
    }
  const failedRuns = data.failedRuns.length
  if (failedRuns > 0)
    return { status: 'failed', words: failedRuns === 1 ? 'A run failed' : `${count(failedRuns)} runs failed` }
  if (never === total && running === 0) return { status: 'never', words: 'Nothing was materialized yet' }
  if (data.lateCount > 0) return { status: 'late', words: are(data.lateCount, 'late') }
  if (data.staleCount > 0) return { status: 'stale', words: are(data.staleCount, 'stale') }
  if (warning > 0) return { status: 'warning', words: `${plural(warning, 'asset')} with warnings` }
  if (running > 0) return { status: 'running', words: are(running, 'being made') }
  if (never > 0) return { status: 'never', words: `${plural(never, 'asset')} never materialized, all others are fresh` }
  return { status: 'fresh', words: `All ${count(total)} assets are fresh` }
}

function checkWords({ passed, warned, failed, unknown }: Overview['checks']): string {
  if (passed + warned + failed + unknown === 0) return 'no checks'
  return [
    `${plural(passed, 'check')} passed`,
    warned > 0 && `${count(warned)} warned`,
    failed > 0 && `${count(failed)} failed`,
    unknown > 0 && `${count(unknown)} not evaluated yet`,
  ]
    .filter(Boolean)
    .join(', ')
}
