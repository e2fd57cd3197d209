import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { smallProject, withoutModelsAndCode } from './small-project.js'
import { millraceIn } from './support.js'

const source = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))

let folder: Awaited<ReturnType<typeof smallProject>> | undefined
afterEach(() => folder?.remove())

/** A project that counts to 100 by a connector which sends a state after each ten. */
async function counting(counts: object, settings: string) {
  folder = await smallProject({
    ...withoutModelsAndCode,
    'extract_load/counting.yaml': `name: counting
source:
  connector: airbyte
  config:
    command: [${process.execPath}, ${source}]
    config:
      streams:
        - { name: numbers, json_schema: { type: object, properties: { id: { type: integer }, v: { type: string } } }, supported_sync_modes: [full_refresh, incremental], source_defined_cursor: true, source_defined_primary_key: [[id]] }
      counts: ${JSON.stringify({ stream: 'numbers', until: 100, every: 10, ...counts })}
destination: { connector: warehouse, schema: raw }
streams:
  numbers: { sync_mode: incremental, destination_sync_mode: append }
${settings}
`,
  })
  return millraceIn(folder.dir)
}

const held = 'select count(*) as n, count(distinct id) as ids from raw.numbers'

it('a source that dies again and again is read to its end, each row once', async () => {
  const millrace = await counting({ dies_after: 30 }, 'retries: { backoff_min_seconds: 0.01 }')
  const sync = await millrace('sync', 'counting')
  expect(sync.stdout).toContain('Trying again in 10 ms (attempt 1 failed)')
  expect(sync.stdout).toContain('(attempt 3 failed)')
  expect(sync.stdout).not.toContain('(attempt 4 failed)')
  expect(sync.code, sync.stdout + sync.stderr).toBe(0)
  const { stdout } = await millrace('query', held, '--json')
  expect(JSON.parse(stdout)).toEqual([{ n: 100, ids: 100 }])
})
it('one that never gets on is given up, and says why', async () => {
  const millrace = await counting(
    { dies_after: 3 },
    'retries: { backoff_min_seconds: 0.01, complete_failures_max_successive: 3 }',
  )
  const sync = await millrace('sync', 'counting')
  expect(sync.code).toBe(1)
  expect(sync.stdout).toContain('(attempt 2 failed)')
  expect(sync.stdout).not.toContain('(attempt 3 failed)')
  expect(sync.stdout).toContain('SOURCE_PROGRAM_FAILED')
})
it('a sync that takes too long ends with what was committed, and is not tried again', async () => {
  const millrace = await counting({ silent_after: 50 }, 'timeouts: { sync_seconds: 3 }')
  const sync = await millrace('sync', 'counting')
  expect(sync.code).toBe(1)
  expect(sync.stdout).toContain('SYNC_TIMED_OUT')
  expect(sync.stdout).toContain('was not through after 3 s')
  expect(sync.stdout).not.toContain('Trying again')
})
it('a setting that cannot be is told with its line', async () => {
  const millrace = await counting({}, 'retries: { complete_failures_max_total: 0 }\ntimeouts: { sync_minutes: 3 }')
  const { stderr, stdout, code } = await millrace('sync', 'counting')
  expect(code).not.toBe(0)
  expect(stdout + stderr).toContain(join('extract_load', 'counting.yaml'))
  expect(stdout + stderr).toContain('complete_failures_max_total')
})
