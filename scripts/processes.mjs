// Which processes there are. Plain JavaScript, as it is needed before anything is installed.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'

const hasProc = fs.existsSync('/proc/self/stat')

export const parentOf = (pid) => Number(hasProc ? statOf(pid)[1] : ps(['-o', 'ppid=', '-p', String(pid)]))
export const groupOf = (pid) => Number(hasProc ? statOf(pid)[2] : ps(['-o', 'pgid=', '-p', String(pid)]))
export const commandOf = (pid) =>
  hasProc ? proc(pid, 'cmdline').replaceAll('\0', ' ') : ps(['-o', 'args=', '-p', String(pid)])

/** Who is dead and not yet buried answers signals, but has no children. */
export function isChildOf(pid, parent) {
  if (hasProc) return parentOf(pid) === parent
  try {
    process.kill(parent, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

export function childrenOf(pid) {
  if (hasProc)
    return fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
      .map(Number)
  const all = ps(['-A', '-o', 'pid=,ppid='])
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  return all.filter(([, parent]) => parent === pid).map(([child]) => child)
}

// The name, in parentheses, may hold whatever it likes.
const statOf = (pid) => proc(pid, 'stat').split(') ').at(-1).split(' ')

function proc(pid, file) {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

const ps = (args) => spawnSync('ps', args, { encoding: 'utf8' }).stdout ?? ''
