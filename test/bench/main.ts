import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { measureDbtBuild } from './dbt-build.js'
import { measureEmptyAsset } from './empty-asset.js'
import { copyExample, root } from './example-copy.js'
import { measureFreshClone } from './fresh-clone.js'
import { measureIdleMemory } from './idle-memory.js'
import { measureWarmStart } from './start-time.js'
import { measureSync } from './sync-speed.js'

/** One line of docs/benchmarks.md. */
interface Figure {
  readonly what: string
  readonly millrace: string
  readonly comparedWith: string
  readonly ratio: string
}

const inSeconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} s`
const times = (value: number) => `${value.toFixed(2)}×`

/** Every figure by the name under which the command line takes it. */
const figures: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  async clone() {
    const { totalSeconds, installSeconds } = await measureFreshClone()
    return [
      {
        what: 'Fresh clone to first marts (`npm start -- --once`)',
        millrace: inSeconds(totalSeconds),
        comparedWith: `of it \`npm ci\`: ${inSeconds(installSeconds)}`,
        ratio: '',
      },
    ]
  },
  async start() {
    const { seconds } = await measureWarmStart()
    return [
      { what: 'Warm `npm start` to served page', millrace: inSeconds(seconds), comparedWith: 'aim: 5 s', ratio: '' },
    ]
  },
  async sync() {
    const { rows, syncSeconds, ctasSeconds, ctasSameFormatSeconds } = await measureSync()
    return [
      {
        what: 'Sync of 3 million flights from Parquet',
        millrace: `${inSeconds(syncSeconds)} (${(rows / syncSeconds / 1e6).toFixed(1)} M rows/s)`,
        comparedWith: `DuckDB's own \`create table as\`: ${inSeconds(ctasSeconds)}`,
        ratio: times(syncSeconds / ctasSeconds),
      },
      {
        what: 'The same against a file in the format that Millrace makes',
        millrace: inSeconds(syncSeconds),
        comparedWith: `\`create table as\` there: ${inSeconds(ctasSameFormatSeconds)}`,
        ratio: times(syncSeconds / ctasSameFormatSeconds),
      },
    ]
  },
  async dbt() {
    const { millraceSeconds, dbtSeconds } = await measureDbtBuild()
    return [
      {
        what: '`dbt build` of the example, a process of its own',
        millrace: inSeconds(millraceSeconds),
        comparedWith:
          dbtSeconds === undefined
            ? 'not measured: name a real dbt in MILLRACE_BENCH_DBT'
            : `dbt Core with dbt-duckdb: ${inSeconds(dbtSeconds)}`,
        ratio: dbtSeconds === undefined ? '' : times(millraceSeconds / dbtSeconds),
      },
    ]
  },
  async memory() {
    const example = await copyExample()
    try {
      const { totalMb, processes } = await measureIdleMemory(example.dir)
      const parts = new Map<string, number>()
      for (const { name, mb } of processes) parts.set(name, (parts.get(name) ?? 0) + mb)
      return [
        {
          what: 'Idle memory of all processes after a run',
          millrace: `${totalMb.toFixed(0)} MB`,
          comparedWith: `aim: 400 MB (${[...parts].map(([name, mb]) => `${name} ${mb.toFixed(0)}`).join(', ')})`,
          ratio: '',
        },
      ]
    } finally {
      await example.remove()
    }
  },
  async asset() {
    const { medianMs } = await measureEmptyAsset()
    return [
      {
        what: 'Empty asset, request to end of the run',
        millrace: `${medianMs.toFixed(0)} ms`,
        comparedWith: 'aim: 100 ms',
        ratio: '',
      },
    ]
  },
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
