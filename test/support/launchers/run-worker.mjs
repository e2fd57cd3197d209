/**
 * A run worker as `millrace run-worker` is one, without a project: its asset waits for as long as the file `hold` is there. Files in a
 * folder say what it is to do (`hold-start`, `broken`, `older`), and what it did: `launched-…`, `begun-…`, `late-…` hold its process's number.
 * usage: run-worker.mjs <folder> run-worker --run <id> --token <n>
 */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const [folder, , , runId, , tokenText] = process.argv.slice(2)
const token = Number(tokenText)
const file = (name) => join(folder, name)
const note = (name) => writeFileSync(file(`${name}-${runId}-${token}`), String(process.pid))

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())

note('launched')
while (existsSync(file('hold-start'))) {
  if (stop.signal.aborted) process.exit(1)
  await sleep(20)
}
if (existsSync(file('older'))) process.exit(75)
if (existsSync(file('broken'))) {
  console.error('There is no project here.')
  process.exit(2)
}
const { silentLogger, systemClock } = await import('../../../dist/base/index.js')
const { openMetastore } = await import('../../../dist/metastore/index.js')
const { executeClaimedRun, leaseMs, runWorkerName } = await import('../../../dist/orchestrate/index.js')
const store = await openMetastore({ url: process.env.MILLRACE_METASTORE_URL, logger: silentLogger })
const claimed = await store.takeLease({ runId, token }, runWorkerName({ runId, token }), leaseMs)
if (!claimed) {
  note('late')
  console.error('Too late.')
  process.exit(1)
}
await executeClaimedRun(
  {
    store,
    executors: [
      {
        kind: 'typescript',
        async execute(context) {
          appendFileSync(file('begun'), `${runId}\n`)
          note('begun')
          while (existsSync(file('hold'))) {
            context.signal.throwIfAborted()
            await sleep(20)
          }
          appendFileSync(file('made'), `${runId}\n`)
          context.materialized('a', {})
        },
      },
    ],
    definitions: () => store.readDefinitions(),
    worker: runWorkerName({ runId, token }),
    limits: { pools: new Map(), tags: [] },
    clock: systemClock,
    logger: silentLogger,
    signal: stop.signal,
  },
  claimed,
)
await store.close()
