import { List, Text } from '@mantine/core'
import type { MaterializeResponse } from '../../../../src/server/contract/index.js'
import { count, plural } from '../text/time.js'

const does: Readonly<Record<string, string>> = {
  stream: 'sync',
  model: 'build',
  seed: 'load',
  snapshot: 'bring up to date',
  typescript: 'run',
}
const mostListed = 500

/** What a plan does, kind by kind, to what, and what may come of it. */
export function PlanWords({ plan }: { plan: MaterializeResponse }) {
  const kinds = Object.entries(plan.kinds)
  const parts = kinds.map(
    ([kind, number]) => `${does[kind] ?? 'make'} ${plural(number, kind === 'typescript' ? 'TypeScript asset' : kind)}`,
  )
  if (plan.checks > 0) parts.push(`evaluate ${plural(plan.checks, 'check')}`)
  return (
    <>
      <Text size="sm">
        {plan.steps === 0
          ? 'There is nothing to run: others produce what was chosen.'
          : `It will ${parts.join(', ')}, in ${plural(plan.steps, 'step')}:`}
      </Text>
      {plan.partitions && (
        <Text size="sm" c="dimmed">
          {plan.partitions.text === undefined
            ? `${plural(plan.partitions.count, 'partition')}: the latest of time, all of others.`
            : `Partitions ${plan.partitions.text}. The Partitions tab makes others.`}
        </Text>
      )}
      <List size="sm" mah={220} style={{ overflow: 'auto' }} type="ordered" tabIndex={0} aria-label="Assets in order">
        {plan.assets.slice(0, mostListed).map((key) => (
          <List.Item key={key}>{key}</List.Item>
        ))}
      </List>
      {plan.assets.length > mostListed && <Text size="xs">… and {count(plan.assets.length - mostListed)} more</Text>}
      <List size="sm" aria-label="What comes of it">
        {consequences(plan).map((words) => (
          <List.Item key={words}>{words}</List.Item>
        ))}
      </List>
    </>
  )
}

function consequences({ assets, madeBefore, incremental, checks, blockingChecks, followers }: MaterializeResponse) {
  const total = assets.length
  const words: string[] = []
  if (total > 0)
    words.push(
      madeBefore === 0
        ? 'Nothing is overwritten: none of it was made before.'
        : incremental.length === 0
          ? `What ${madeBefore === total ? plural(total, 'asset') : `${count(madeBefore)} of ${plural(total, 'asset')}`} ${madeBefore === 1 ? 'holds' : 'hold'} now is made anew.`
          : `What ${plural(madeBefore, 'asset')} ${madeBefore === 1 ? 'holds' : 'hold'} now is made anew, except where only what is new is added: ${named(incremental)}.`,
    )
  if (blockingChecks > 0)
    words.push(
      `${blockingChecks === checks ? plural(blockingChecks, 'check') : `${count(blockingChecks)} of ${plural(checks, 'check')}`} must pass before what comes after is made.`,
    )
  if (followers.count > 0)
    words.push(
      `${plural(followers.count, 'asset')} with a condition (${conditionsOf(followers)}) may follow by ${followers.count === 1 ? 'itself' : 'themselves'}: ${named(
        followers.assets.map(({ asset }) => asset),
        followers.count,
      )}.`,
    )
  return words
}

const conditionsOf = ({ assets }: MaterializeResponse['followers']) =>
  [...new Set(assets.map(({ condition }) => condition))].slice(0, 3).join(', ')

const mostNamed = 3

function named(keys: readonly string[], total = keys.length): string {
  const shown = keys.slice(0, mostNamed).join(', ')
  return total > mostNamed ? `${shown} and ${count(total - mostNamed)} more` : shown
}

/** What the box beside it would change. */
export function fullRefreshWords(plan: MaterializeResponse | undefined): string {
  if (!plan) return 'Makes from nothing what else only adds what is new.'
  if (plan.incremental.length === 0) return 'It makes no difference here: nothing of it is incremental.'
  return `What ${named(plan.incremental)} ${plan.incremental.length === 1 ? 'holds' : 'hold'} is thrown away and made from nothing.`
}
