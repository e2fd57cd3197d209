import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { exampleBuildFigures } from './dbt-build.js'
import { dbtParseFigures } from './dbt-parse.js'
import { dbtStartFigures } from './dbt-start.js'
import { assetFigures } from './empty-asset.js'
import { root } from './example-copy.js'
import { fieldLineageFigures } from './field-lineage.js'
import type { Figure } from './figure.js'
import { cloneFigures } from './fresh-clone.js'
import { generatedBuildFigures } from './generated-build.js'
import { memoryFigures } from './idle-memory.js'
import { jinjaFigures } from './jinja-render.js'
import { startFigures } from './start-time.js'
import { syncFigures } from './sync-speed.js'

/** Every figure by the name under which the command line takes it. */
const figures: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  clone: cloneFigures,
  start: startFigures,
  sync: syncFigures,
  dbt: exampleBuildFigures,
  build: generatedBuildFigures,
  parse: dbtParseFigures,
  'dbt-start': dbtStartFigures,
  jinja: jinjaFigures,
  lineage: fieldLineageFigures,
  memory: memoryFigures,
  asset: assetFigures,
}

const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'))
const unknown = wanted.filter((name) => !(name in figures))
if (unknown.length > 0) {
  console.error(`There is no figure ${unknown.join(', ')}. Figures: ${Object.keys(figures).join(' ')}`)
  process.exit(2)
}
const lines = [`| Figure | Millrace | Compared with | Ratio |`, '|---|---:|---|---:|']
for (const [name, measure] of Object.entries(figures)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.error(`measuring ${name} …`)
  for (const { what, millrace, comparedWith, ratio } of await measure())
    lines.push(`| ${what} | ${millrace} | ${comparedWith} | ${ratio} |`)
}
const gb = (totalmem() / 1024 ** 3).toFixed(0)
const table = `Measured ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} on ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${gb} GB.\n\n${lines.join('\n')}\n`
console.log(table)

if (process.argv.includes('--write')) {
  const path = join(root, 'docs/benchmarks.md')
  const text = await readFile(path, 'utf8')
  await writeFile(
    path,
    text.replace(/(<!-- figures -->\n)[\s\S]*?(<!-- end -->)/, (_, start, end) => `${start}\n${table}\n${end}`),
  )
}
