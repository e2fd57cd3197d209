// `npm start`: the main job on the example with real data. Arguments after `--` go to `millrace up`.
import { join } from 'node:path'
import { prepare, root } from './prepare.mjs'
import { endSignal, runUp } from './run-up.mjs'

const signal = endSignal()
await prepare(signal)
const args = ['--project-dir', join(root, 'examples', 'flights'), ...process.argv.slice(2)]
process.exit(await runUp({ args, signal }))
