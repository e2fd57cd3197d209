import { readdir, readFile } from 'node:fs/promises'
import { eventually, sleep, startUp } from '../support/millrace.js'
import { copyExample } from './example-copy.js'
import type { Figure } from './figure.js'

/** Long enough for the engine to have let go of what it keeps for the next run. */
const idleMs = 45_000

interface ProcessMemory {
  readonly name: string
  readonly mb: number
}

async function procFile(pid: number, name: string): Promise<string> {
  return readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
}

/** A process and all below it. */
export async function processTree(root: number): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    // Field 4, counted after the command name, which is in parentheses and may hold blanks.
    const stat = await procFile(pid, 'stat')
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const tree = [root]
  for (const parent of tree) for (const [pid, above] of parents) if (above === parent) tree.push(pid)
  return tree
}

/** PSS: what several processes share is counted once, in parts. Where it cannot be read (another user): RSS. */
export async function memoryOf(pid: number): Promise<ProcessMemory> {
  const kb =
    /^Pss:\s+(\d+)/m.exec(await procFile(pid, 'smaps_rollup'))?.[1] ??
    /^VmRSS:\s+(\d+)/m.exec(await procFile(pid, 'status'))?.[1]
  const [command = '', ...args] = (await procFile(pid, 'cmdline')).split('\0')
  const role = args.find((arg) => ['up', 'engine', 'serve'].includes(arg))
  // PostgreSQL's own children call themselves `postgres: checkpointer`.
  const program = command.startsWith('postgres:') ? 'postgres' : command.split(/[/ ]/).at(-1)
  return { name: role ?? program ?? '', mb: Number(kb ?? 0) / 1024 }
}

/** Of a process and all below it (Linux only); `parts` names them. */
export async function memoryOfAll(root: number): Promise<{ readonly totalMb: number; readonly parts: string }> {
  const processes = await Promise.all((await processTree(root)).map(memoryOf))
  const parts = new Map<string, number>()
  for (const { name, mb } of processes) parts.set(name, (parts.get(name) ?? 0) + mb)
  return {
    totalMb: processes.reduce((sum, one) => sum + one.mb, 0),
    parts: [...parts].map(([name, mb]) => `${name} ${mb.toFixed(0)}`).join(', '),
  }
}

/** Runs everything once through `millrace up`, leaves it alone for a while and adds up the memory of all its processes. */
async function measureIdleMemory(projectDir: string): Promise<{ readonly totalMb: number; readonly parts: string }> {
  const up = await startUp(projectDir)
  try {
    const { runId } = await up.post<{ runId: string }>('/materialize', { selection: '*' })
    await eventually(
      'the run ends',
      async () => (await up.get<{ endedAt?: string }>(`/runs/${runId}`)).endedAt !== undefined,
      { withinMs: 300_000, everyMs: 500 },
    )
    await sleep(idleMs)
    return await memoryOfAll(up.process.pid as number)
  } finally {
    await up.stop()
  }
}

export async function memoryFigures(): Promise<readonly Figure[]> {
  const example = await copyExample()
  try {
    const { totalMb, parts } = await measureIdleMemory(example.dir)
    return [
      {
        what: 'Idle memory of all processes after a run',
        millrace: `${totalMb.toFixed(0)} MB`,
        comparedWith: `aim: 300 MB (${parts})`,
        ratio: '',
      },
    ]
  } finally {
    await example.remove()
  }
}
