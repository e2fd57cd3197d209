import type { Project } from '../platform/index.js'

/**
 * For the processes of `millrace up`: each ends with its supervisor, however that one ended. Where it was killed, the
 * last of them also ends the store that it left behind.
 */
export async function underSupervisor(project: Project, work: () => Promise<void>): Promise<void> {
  const { stopAbandonedStore, whenParentIsGone } = await import('../platform/index.js')
  let isGone = false
  whenParentIsGone(() => {
    isGone = true
    process.kill(process.pid, 'SIGTERM')
  })
  try {
    await work()
  } finally {
    if (isGone && process.env.MILLRACE_SUPERVISED) await stopAbandonedStore(project)
  }
}
