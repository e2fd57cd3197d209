import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/**
 * A server that was killed leaves its lock file, and the number in it may be another process's by now: of a container that is started again it
 * often is. PostgreSQL then waits for somebody who is no server. A file that names the process which starts it counts as left over, and
 * what else it says (whose memory is to be gone first) is still looked at.
 */
export async function disownStaleLock(dataDir: string): Promise<void> {
  const path = join(dataDir, 'postmaster.pid')
  const [pid, ...rest] = (await readFile(path, 'utf8').catch(() => '')).split('\n')
  const command = await commandOf(Number(pid))
  // Ours are started with the name of their folder; of one that is gone PostgreSQL knows by itself.
  if (command === undefined || command.includes(dataDir)) return
  await writeFile(path, [process.pid, ...rest].join('\n'))
}

/** How a process was called; undefined where that cannot be told. */
async function commandOf(pid: number): Promise<string | undefined> {
  if (!(pid > 0)) return undefined
  if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) || undefined
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({
    stdout: '',
  }))
  return stdout.trim() || undefined
}
