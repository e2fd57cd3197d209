import { hostname } from 'node:os'

/** This process, as others know it who may be on other machines. */
export const processName = (): string => `${hostname()}:${process.pid}`

/** Whether a process of this machine has ended. Of other machines nobody knows. */
export function isProcessGone(name: string): boolean {
  const [host, pid] = name.split(':')
  return host === hostname() && !isProcessAlive(Number(pid))
}

/** Whether a process of this machine runs; one of another user counts too. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
