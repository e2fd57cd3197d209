import { spawnSync } from 'node:child_process'
import { childrenOf } from './processes.mjs'

/** Ends a process and all that it started, at once: npm waits for what it runs, and that may pay no heed to a signal that asks. */
export function killTree(pid) {
  if (process.platform === 'win32') return void spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'])
  const found = [pid]
  // Who stands still starts nothing that would be missed.
  for (const one of found) if (send(one, 'SIGSTOP')) found.push(...childrenOf(one))
  for (const one of found) send(one, 'SIGKILL')
}

function send(pid, signal) {
  try {
    return process.kill(pid, signal)
  } catch {
    // It is gone already.
    return false
  }
}
