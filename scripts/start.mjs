// `npm start`: the main job on the example with real data. Arguments after `--` go to `millrace up`.
import { spawn } from 'node:child_process'
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
  { cwd: root, stdio: 'inherit' },
)
// The terminal sends Ctrl-C to the whole group; a supervisor's TERM reaches only this process. Stay until the child ended.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
