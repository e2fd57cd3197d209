import { MillraceError } from '../base/index.js'
import type { Project } from '../platform/index.js'
import { interrupt, interruptSignal } from './interrupt.js'
import { isSupervised } from './supervised.js'

/**
 * For the processes of `millrace up`: each ends with its supervisor, however that one ended, and begins nothing without it. Where it was
 * killed, the last of them also ends the store that it left behind. What only a person can mend is told to the supervisor, who then
 * does not try again. @returns the exit code
 */
export async function underSupervisor(project: Project, work: () => Promise<void>): Promise<number> {
  const { fatalLine, stopAbandonedStore, whenParentIsGone } = await import('../platform/index.js')
  let isGone = false
  // Who listens for the signal tidies up: without it the process would end on the spot.
  interruptSignal()
  whenParentIsGone(() => {
    isGone = true
    interrupt()
  })
  try {
    if (!isGone) await work()
    return 0
  } catch (error) {
    const isFatal = error instanceof MillraceError && error.kind === 'user' && !error.retryable
    if (!isSupervised || !isFatal) throw error
    console.log(fatalLine(error))
    return 2
  } finally {
    if (isGone && isSupervised) await stopAbandonedStore(project)
  }
}
