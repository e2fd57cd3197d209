import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** What is started with it hands it on to all that it starts in turn, whatever group or parent that has: so all of it is found again. */
export const workVariable = 'MILLRACE_WORK'

const graceMs = 500
const pollMs = 25

/**
 * Ends the processes of this machine whose mark begins so, by SIGTERM, and those that are still there a moment later by SIGKILL.
 * @returns how many there were
 */
export async function endMarked(mark: string): Promise<number> {
  const found = await marked(mark)
  if (found.length === 0) return 0
  signalAll(found, 'SIGTERM')
  for (const untilMs = Date.now() + graceMs; Date.now() < untilMs; ) {
    await new Promise((resolve) => setTimeout(resolve, pollMs))
    if ((await marked(mark)).length === 0) return found.length
  }
  // Whatever these have started meanwhile goes with them.
  for (let rest = await marked(mark), i = 0; rest.length > 0 && i < 5; rest = await marked(mark), i++) {
    signalAll(rest, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  return found.length
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids)
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended meanwhile.
    }
}

async function marked(mark: string): Promise<readonly number[]> {
  const entry = `${workVariable}=${mark}`
  const pids = process.platform === 'linux' ? await markedInProc(entry) : await markedByPs(entry)
  return pids.filter((pid) => pid !== process.pid)
}

async function markedInProc(entry: string): Promise<readonly number[]> {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    names.map(async (name) => {
      // Of other users' processes, and of what has ended, nothing can be read.
      const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '')
      return `\0${environment}`.includes(`\0${entry}`) ? [Number(name)] : []
    }),
  )
  return found.flat()
}

async function markedByPs(entry: string): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axEww', '-o', 'pid=,command='], {
    maxBuffer: 64 * 1024 * 1024,
  }).catch(() => ({ stdout: '' }))
  return stdout.split('\n').flatMap((line) => (line.includes(` ${entry}`) ? [Number.parseInt(line, 10)] : []))
}
