import { spawnSync } from 'node:child_process'

/** Whether a process runs: one that ended and that nobody waits for does not. */
export const isRunning = (pid: number) =>
  !['', 'Z'].includes(
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .stdout.trim()
      .slice(0, 1),
  )
