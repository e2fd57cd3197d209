import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { basename } from 'node:path'

const watchMs = 1000
const hasProc = fs.existsSync('/proc/self/stat')

/** Calls back, once, when npm is gone, where npm started this script: it does so through a shell, and neither says goodbye when it is killed. */
export function whenNpmIsGone(callback) {
  const script = process.env.npm_lifecycle_script
  if (!script?.includes(basename(process.argv[1])) || process.platform === 'win32') return
  const parent = process.ppid
  // A shell that replaces itself by its last command is not there any more: then the parent is npm.
  const npm = commandOf(parent).includes(script) ? parentOf(parent) : undefined
  const isGone = () => process.ppid !== parent || (npm !== undefined && !isChildOf(parent, npm))
  // They may have gone before this began. Who takes in orphans is of another group than they were.
  const group = groupOf(process.pid)
  const wasGone = [parent, npm ?? parent].some((pid) => groupOf(pid) !== group)
  const timer = setInterval(() => {
    if (!wasGone && !isGone()) return
    clearInterval(timer)
    callback()
  }, watchMs).unref()
}

/** Who is dead and not yet buried answers signals, but has no children. */
function isChildOf(pid, parent) {
  if (hasProc) return parentOf(pid) === parent
  try {
    process.kill(parent, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const parentOf = (pid) => Number(hasProc ? statOf(pid)[1] : ps(pid, 'ppid='))
const groupOf = (pid) => Number(hasProc ? statOf(pid)[2] : ps(pid, 'pgid='))
const commandOf = (pid) => (hasProc ? proc(pid, 'cmdline').replaceAll('\0', ' ') : ps(pid, 'args='))
// The name, in parentheses, may hold whatever it likes.
const statOf = (pid) => proc(pid, 'stat').split(') ').at(-1).split(' ')

function proc(pid, file) {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function ps(pid, column) {
  return spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
}
