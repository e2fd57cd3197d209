import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  /** Resident; what processes share counts for each. */
  readonly memoryBytes: number
}

/** The processes of this machine; none where it does not tell. */
export async function processTable(): Promise<readonly ProcessRow[]> {
  return process.platform === 'linux' ? fromProc() : fromPs()
}

/** A process and all that it started and that is still there. */
export function withDescendants(rows: readonly ProcessRow[], pid: number): readonly ProcessRow[] {
  const found = rows.filter((row) => row.pid === pid)
  for (const one of found) found.push(...rows.filter((row) => row.parent === one.pid && !found.includes(row)))
  return found
}

async function fromProc(): Promise<readonly ProcessRow[]> {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const rows = await Promise.all(
    names.map(async (name) => {
      const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '')
      const told = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
      return { pid: Number(name), parent: told('PPid'), memoryBytes: told('VmRSS') * 1024 }
    }),
  )
  return rows.filter((row) => row.parent > 0 || row.memoryBytes > 0)
}

async function fromPs(): Promise<readonly ProcessRow[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,rss=']).catch(() => ({ stdout: '' }))
  return stdout.split('\n').flatMap((line) => {
    const [pid = 0, parent = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number)
    return pid > 0 ? [{ pid, parent, memoryBytes: kilobytes * 1024 }] : []
  })
}
