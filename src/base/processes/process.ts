import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Pids count only where they were given: within one boot of one machine, and there within one PID namespace. */
const place = `${hostname()}:${numbering()}`

/** This process, as others know it who may be on other machines, or in other containers of the same pod. */
export const processName = (): string => `${place}:${process.pid}`

/** The pid of a process, by its name, where it counts its pid as this one does. */
export function pidHere(name: string): number | undefined {
  const split = name.lastIndexOf(':')
  return name.slice(0, split) === place ? Number(name.slice(split + 1)) : undefined
}

/** Whether a process has ended that counts its pid as this one does. Of others nobody knows. */
export function isProcessGone(name: string): boolean {
  const pid = pidHere(name)
  return pid !== undefined && !isProcessAlive(pid)
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

/** The kernel's start time of a process, so that a reused pid is not taken for the old owner; '' where it is not told. */
export function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22, counted after the command name, which is in parentheses and may hold blanks.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/** Whether the process that had this pid when it started so still runs, and not another one that got its number. */
export const isSameProcess = ({ pid, started }: { readonly pid: number; readonly started: string }): boolean =>
  isProcessAlive(pid) && started === processStart(pid)

/** Containers of one pod share the host's name, and not the pids. Where the system does not tell, the name is all there is. */
function numbering(): string {
  const parts = [
    told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    told(() => readlinkSync('/proc/self/ns/pid')),
  ]
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 8)
}

function told(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
