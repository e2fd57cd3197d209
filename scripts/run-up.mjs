// `millrace up` as a child of a script that npm starts: which signals end it, and how it is told.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { whenNpmIsGone } from './npm-parent.mjs'
import { root } from './prepare.mjs'

const end = new AbortController()
let child

/**
 * From here on a signal ends this script in good order instead of at once. @returns what aborts when it is to end: npm is gone, or
 * TERM, Ctrl-C or the end of the terminal came
 */
export function endSignal() {
  whenNpmIsGone(() => end.abort())
  process.on('SIGTERM', () => {
    // The second ends it at once, as it does where the program is started by itself.
    if (end.signal.aborted) child?.kill('SIGTERM')
    end.abort()
  })
  // npm hands on the Ctrl-C that the terminal sent here, too: it is no second one.
  process.on('SIGINT', () => end.abort())
  // Under `nohup` there is no terminal, and the end of the terminal must stay ignored.
  if (process.stdout.isTTY) process.on('SIGHUP', () => end.abort())
  return end.signal
}

/**
 * Runs it until it ends by itself, or the signal aborts: then it is told, and still waited for.
 * @returns its exit code; 130 where it was not begun any more
 */
export async function runUp({ args, env = process.env, signal }) {
  if (signal.aborted) return 130
  child = spawn(
    process.execPath,
    [join(root, 'dist', 'cli', 'main.js'), 'up', ...args],
    // Over the channel it learns when this process is gone, however that happened.
    { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  )
  // The terminal sends Ctrl-C and its own end to the whole group, and so may others send TERM: the child is told by the channel, as a
  // second signal would end it at once.
  signal.addEventListener('abort', () => child.connected && child.disconnect())
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
