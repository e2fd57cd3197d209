import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Pids count only where they were given: within one boot of one machine, and there within one PID namespace. */
const place = `${hostname()}:${numbering()}`

/** This process, as others know it who may be on other machines, or in other containers of the same pod. */
export const processName = (): string => `${place}:${process.pid}`

/** Whether a process has ended that counts its pid as this one does. Of others nobody knows. */
export function isProcessGone(name: string): boolean {
  const split = name.lastIndexOf(':')
  return name.slice(0, split) === place && !isProcessAlive(Number(name.slice(split + 1)))
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
