// `npm start`: the main job on the example with real data. Arguments after `--` go to `millrace up`.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { whenNpmIsGone } from './npm-parent.mjs'
import { prepare, root } from './prepare.mjs'

const end = new AbortController()
whenNpmIsGone(() => end.abort())
let child
process.on('SIGTERM', () => {
  // The second ends it at once, as it does where the program is started by itself.
  if (end.signal.aborted) child?.kill('SIGTERM')
  end.abort()
})
await prepare(end.signal)
if (end.signal.aborted) process.exit(130)
child = spawn(
  process.execPath,
  [
    join(root, 'dist', 'cli', 'main.js'),
    'up',
    '--project-dir',
    join(root, 'examples', 'flights'),
    ...process.argv.slice(2),
  ],
  // Over the channel it learns when this process is gone, however that happened.
  { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
)
// The terminal sends Ctrl-C and its own end to the whole group, and so may others send TERM: stay until the child ended, and tell it
// by the channel, as a second signal would end it at once.
process.on('SIGINT', () => {})
if (process.stdout.isTTY) process.on('SIGHUP', () => {})
end.signal.addEventListener('abort', () => child.connected && child.disconnect())
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
