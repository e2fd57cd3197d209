// `npm run check`: format, lint, types, boundaries, and whether the documentation still says what the code does, without
// running the program.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, root } from './prepare.mjs'

await ensureInstalled()
const bin = (...path) => join(root, 'node_modules', ...path)
const steps = [
  ['format and lint', bin('@biomejs', 'biome', 'bin', 'biome'), ['ci', '--diagnostic-level=warn', '.']],
  ['types', bin('typescript', 'bin', 'tsc'), ['-p', 'tsconfig.json']],
  ['types of the web UI', bin('typescript', 'bin', 'tsc'), ['-p', 'ui/tsconfig.json']],
  ['boundaries and documentation', bin('vitest', 'vitest.mjs'), ['run', 'test/boundaries', 'test/docs']],
]
let failed = 0
for (const [title, script, args] of steps) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${title}`)
  if (status !== 0) failed++
}
process.exit(failed === 0 ? 0 : 1)
