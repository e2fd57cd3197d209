import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { baseErrors, createLogger, type MillraceError } from '../../src/base/index.js'
import type { Metadata, StepContext } from '../../src/orchestrate/index.js'
import type { UserCode } from '../../src/orchestrate/workers/user-code.js'

// A thread starts from a file of the built program.
const built = new URL('../../dist/orchestrate/workers/user-code.js', import.meta.url).href
const limits = { loadMs: 20_000, sensorMs: 20_000, heapMb: 96, lingerMs: 500 }

export interface Told {
  readonly made: [string, Metadata | undefined][]
  readonly checked: [string, string, boolean][]
  readonly log: string[]
}

/**
 * A definitions.ts of its own for each test of a file, and what it does in its threads.
 * @param reached how the project is named that has definitions.ts in the folder
 */
export function userCode(
  reached: (dir: string) => Promise<{ file: string; projectDir: string }> = async (dir) => ({
    file: join(dir, 'definitions.ts'),
    projectDir: dir,
  }),
) {
  let dir: string
  let code: UserCode
  let engineLog: string[]
  let reading: string[]
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'millrace-user-'))
  })
  afterEach(async () => {
    await code.close()
    await rm(dir, { recursive: true, force: true })
  })

  const file = () => join(dir, 'definitions.ts')
  const names =
    'asset, check, connection, dbt, defineProject, externalAsset, multiAsset, partitions, reportedCheck, resource, schedule, sensor'
  const write = (body: string) =>
    writeFile(
      file(),
      `import { ${names} } from 'millrace'\n${body}`.replace(/^DEFINE([\s\S]*)$/m, 'export default defineProject($1)'),
    )
  async function open(body: string, changes: Partial<typeof limits> = {}) {
    await write(body)
    engineLog = []
    reading = []
    const module = (await import(built)) as { UserCode: typeof UserCode }
    code = new module.UserCode({
      ...(await reached(dir)),
      keptIn: join(dir, '.millrace/definitions'),
      logger: createLogger((record) => engineLog.push(record.message)),
      query: async (sql) => [{ sql, n: 3n }],
      files: async (path, { s3 }) => {
        if (path.includes('closed')) throw baseErrors.create('TIMEOUT', { message: 'It answered 403.' })
        return [{ url: `${path} ${s3?.region}`, modifiedAt: new Date('2024-01-01'), sizeBytes: 1, version: '1' }]
      },
      read: async function* (sql) {
        reading.push(sql)
        try {
          for (let n = 0; n < 5; n++) yield [{ n }, { n: n + 0.5 }]
        } finally {
          reading.push('end')
        }
      },
      limits: { ...limits, ...changes },
    })
    return code
  }

  /** Executes the step of an asset; answers what it told, and the error with which it failed. */
  async function run(key: string, changes: Partial<StepContext> = {}) {
    const told: Told = { made: [], checked: [], log: [] }
    const checks = changes.step?.checks ?? []
    const error = await code
      .execute({
        runId: 'r',
        attempt: 1,
        fullRefresh: false,
        tags: {},
        signal: new AbortController().signal,
        assets: key === '' ? [] : [key],
        step: { key: `ts:${key}`, kind: 'typescript', assets: [key], checks, isSubsettable: false },
        partitionsOf: () => undefined,
        keptProgress: () => {},
        materialized: (asset, metadata) => told.made.push([asset, metadata]),
        failed: () => {},
        checked: (asset, name, { passed }) => told.checked.push([asset, name, passed]),
        log: (level, message) => told.log.push(`${level}: ${message}`),
        progress: () => {},
        ...changes,
      })
      .then(
        () => undefined,
        (thrown: MillraceError) => thrown,
      )
    return { ...told, error }
  }
  return { open, run, write, code: () => code, dir: () => dir, engineLog: () => engineLog, reading: () => reading }
}
