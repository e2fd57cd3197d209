import type { Logger } from '../../base/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { hostLiveness } from '../processes/presence/host-liveness.js'
import { answers, type RunningUp, runningUp, within } from './running.js'
import type { Service, ServiceManager } from './service-manager.js'

export interface WaitOptions {
  readonly manager: ServiceManager
  readonly service: Service
  readonly logger: Logger
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

const shownLines = 15
/** A unit that is about to be started again is not running for a moment, and so is one that has just been asked for. */
const patience = 8

/** Waits until the page answers and the engine says that it is there. @throws LOCAL_NOT_STARTED with the last lines of its log */
export async function waitUntilServing(project: Project, options: WaitOptions): Promise<RunningUp> {
  const { manager, service, logger, timeoutMs, signal } = options
  let missed = 0
  let last: RunningUp | undefined
  const found = await within(
    timeoutMs,
    async () => {
      const state = await manager.state(service, { signal })
      missed = state.isRunning ? 0 : missed + 1
      if (missed >= patience) throw await notStarted(options, `does not run: ${state.why ?? 'nobody says why'}`)
      const up = await runningUp(project)
      last = up
      if (up === undefined || up.pid !== state.pid || !(await answers(up.url, signal))) return undefined
      const { status } = await hostLiveness(project, 'engine', { logger })
      return status === 'alive' ? up : undefined
    },
    { signal },
  )
  if (found) return found
  const what = last?.url === undefined ? 'serves nothing yet' : 'has no engine that answers'
  throw await notStarted(options, `${what} after ${Math.round(timeoutMs / 1000)} seconds`)
}

async function notStarted({ manager, service, signal }: WaitOptions, why: string) {
  const lines = await manager.lastLines(service, shownLines, { signal })
  const words =
    lines.length === 0
      ? 'Its log is empty.'
      : `The last lines of its log:\n${lines.map((line) => `  ${line}`).join('\n')}`
  return platformErrors.create('LOCAL_NOT_STARTED', {
    message: `What was started (${manager.title(service)}) ${why}. ${words}`,
    hint: `What was changed is taken back. Its log: ${manager.logs(service)}. \`millrace doctor\` checks the project, and \`millrace up\` runs it in this terminal.`,
  })
}
