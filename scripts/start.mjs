// `npm start`: the main job on the example with real data. Arguments after `--` go to `millrace up`.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { prepare, root } from './prepare.mjs'

prepare()
const child = spawn(
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
// The terminal sends Ctrl-C and its own end to the whole group; TERM reaches only this process. Stay until the child ended.
process.on('SIGINT', () => {})
if (process.stdout.isTTY) process.on('SIGHUP', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
endWithNpm()

/** npm runs this through a shell, and neither says goodbye when it is killed. */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return
  const shell = process.ppid
  const npm = Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(shell)], { encoding: 'utf8' }).stdout)
  if (!(npm > 1)) return
  setInterval(() => {
    if (process.ppid !== shell || !isAlive(npm)) child.kill('SIGTERM')
  }, 1000).unref()
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
