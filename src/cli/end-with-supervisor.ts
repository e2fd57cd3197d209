/** A child of `millrace up` ends with its supervisor, however that one ended. */
export async function endWithSupervisor(): Promise<void> {
  if (!process.env.MILLRACE_SUPERVISED) return
  const { whenParentIsGone } = await import('../platform/index.js')
  whenParentIsGone(() => process.kill(process.pid, 'SIGTERM'))
}
