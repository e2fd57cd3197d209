import type { AccessStore } from '../../../access/index.js'
import { plural } from '../../../base/index.js'
import type { OrchestrateStore, RunCriteria, RunStatus } from '../../../orchestrate/index.js'
import { audited } from '../../audited.js'
import { cliErrors } from '../../errors.js'
import { confirm } from '../../questions.js'

export interface ManyOptions {
  readonly status?: readonly RunStatus[]
  readonly trigger?: string
  readonly tag?: NonNullable<RunCriteria['tags']>
  readonly asset?: string
  readonly since?: number
  readonly yes?: boolean
  readonly json?: boolean
}

/** Whether options say which runs are meant. */
export const namesMany = ({ status, trigger, tag, asset, since }: ManyOptions): boolean =>
  (status ?? trigger ?? tag ?? asset ?? since) !== undefined

/** Cancels all that are meant, once it was said how many they are. @throws CLI_USAGE where nobody can be asked */
export async function cancelMany(store: OrchestrateStore, access: AccessStore, options: ManyOptions): Promise<number> {
  const { stoppableStatuses } = await import('../../../orchestrate/index.js')
  const { status = stoppableStatuses, trigger, tag, asset, since, yes, json } = options
  const criteria: RunCriteria = {
    statuses: status,
    asset,
    trigger: trigger === undefined ? undefined : { name: trigger },
    tags: tag,
    since: since === undefined ? undefined : new Date(Date.now() - since),
  }
  const { queued, starting, running } = await store.countRuns(criteria)
  const total = queued + starting + running
  if (total === 0) {
    console.log(json ? JSON.stringify({ cancelled: 0, stopping: 0 }) : 'No such run is open.')
    return 0
  }
  if (!yes && !(await mayCancel(queued, starting + running, json))) {
    console.log('Nothing was cancelled.')
    return 0
  }
  const answer = await audited(
    access,
    { action: 'runs cancel', what: filterWords(options) },
    () => store.cancelRuns(criteria),
    endedWords,
  )
  console.log(json ? JSON.stringify(answer) : `${endedWords(answer)}.`)
  return 0
}

async function mayCancel(waiting: number, going: number, json = false): Promise<boolean> {
  const what = plural(waiting + going, 'run')
  if (json || process.stdin.isTTY !== true)
    throw cliErrors.create('CLI_USAGE', {
      message: `${what} would be cancelled, and nobody can be asked.`,
      hint: 'Without a terminal, say so with --yes.',
    })
  if (waiting > 0) console.log(`${plural(waiting, 'run')} waiting: cancelled at once, never started.`)
  if (going > 0) console.log(`${plural(going, 'run')} going on: asked to stop; what was made stays.`)
  return confirm(`Cancel ${what}?`)
}

const endedWords = ({ cancelled, stopping }: Awaited<ReturnType<OrchestrateStore['cancelRuns']>>) =>
  [`${plural(cancelled, 'run')} cancelled`, ...(stopping > 0 ? [`${stopping} asked to stop`] : [])].join(', ')

/** For the audit log: `status queued, trigger files`. */
function filterWords({ status, trigger, tag, asset, since }: ManyOptions): string {
  const tags = tag?.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)).join(' ')
  const named = { status: status?.join(' '), trigger, tags, asset, since: since && `${since / 1000} s ago` }
  return Object.entries(named)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
    .join(', ')
}
