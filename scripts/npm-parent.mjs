import { basename } from 'node:path'
import { commandOf, groupOf, isChildOf, parentOf } from './processes.mjs'

const watchMs = 1000

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
