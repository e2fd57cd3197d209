import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Up } from '../support/millrace.js'

export type Role = 'engine' | 'server' | 'postgres' | 'supervisor'
/** The process of a role in a running `millrace up`. */
export async function pidOf(role: Role, dir: string, up: Up | undefined): Promise<number> {
  const state = join(dir, '.millrace')
  if (role === 'supervisor') return up?.process.pid as number
  if (role === 'postgres')
    return Number((await readFile(join(state, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
  if (role === 'engine') return (JSON.parse(await readFile(join(state, 'engine.lock'), 'utf8')) as { pid: number }).pid
  const children = (await readFile(`/proc/${up?.process.pid}/task/${up?.process.pid}/children`, 'utf8'))
    .trim()
    .split(' ')
  for (const pid of children)
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('\0serve\0')) return Number(pid)
  throw new Error('No server')
}
