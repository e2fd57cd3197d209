import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProject } from './find-project.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-find-project-'))
})
afterEach(() => rm(dir, { recursive: true }))

async function read(yaml: string, env: Record<string, string> = {}, from = '.') {
  await writeFile(join(dir, 'millrace.yaml'), yaml)
  return findProject(join(dir, from), { env })
}

it('a name is enough', async () => {
  expect(await read('name: tiny\n')).toEqual({
    name: 'tiny',
    dir,
    stateDir: join(dir, '.millrace'),
    extractLoadDir: join(dir, 'extract_load'),
    dbtDir: undefined,
    definitionsFile: undefined,
    warehouse: { profile: undefined, target: undefined },
    metastoreUrl: undefined,
    server: { host: '127.0.0.1', port: 3000, airbytePort: 8000, allowedHosts: [] },
    maxConcurrentRuns: 4,
    limits: { pools: new Map(), tags: [] },
    alerts: { webhook: undefined, slack: undefined, email: undefined, on: undefined },
    retentionDays: { logs: 30, runs: 365 },
  })
})

it('is found from a folder below, with what lies at the usual places', async () => {
  await mkdir(join(dir, 'transformation/dbt/models'), { recursive: true })
  await writeFile(join(dir, 'transformation/dbt/dbt_project.yml'), '')
  expect(await read('name: tiny\n', {}, 'transformation/dbt/models')).toMatchObject({
    dir,
    dbtDir: join(dir, 'transformation/dbt'),
  })
})

it('takes texts and numbers from the environment', async () => {
  const yaml = 'name: tiny\nserver: { host: "${HOST:-0.0.0.0}", port: "${PORT}" }\nmax_concurrent_runs: "${RUNS:-2}"\n'
  expect(await read(yaml, { PORT: '8080' })).toMatchObject({
    server: { host: '0.0.0.0', port: 8080 },
    maxConcurrentRuns: 2,
  })
})

it('the store: environment before file, in a schema of the project’s own unless the address names one', async () => {
  const yaml = 'name: Tiny-one\nmetastore: { url: postgresql://file/db }\n'
  expect((await read(yaml)).metastoreUrl).toBe('postgresql://file/db?schema=millrace_tiny_one')
  expect((await read(yaml, { DATABASE_URL: 'postgresql://env/db?schema=x' })).metastoreUrl).toBe(
    'postgresql://env/db?schema=x',
  )
})

describe('a mistake is shown with its line', () => {
  it.each([
    ['an unknown setting', 'name: tiny\nmax_concurrent_run: 3\n', 2, "Did you mean 'max_concurrent_runs'?"],
    [
      'an unknown setting of a section',
      'name: tiny\nserver: { prot: 1 }\n',
      2,
      'Settings of `server`: host, port, airbyte_port, url, tls, allowed_hosts, edit_connections.',
    ],
    ['a name that is mistyped', 'dbt: x\nnmae: tiny\n', 2, "Did you mean 'name'?"],
    ['a port that is none', 'name: tiny\nserver: { port: "${PORT:-http}" }\n', 2, 'Settings of `server`'],
    ['a dbt folder that is none', 'name: tiny\ndbt: nowhere\n', 2, 'Name the folder that holds dbt_project.yml'],
    ['definitions that do not exist', 'name: tiny\ndefinitions: nope.ts\n', 2, 'Name the TypeScript file'],
  ])('%s', async (_, yaml, line, hint) => {
    await expect(read(yaml)).rejects.toMatchObject({
      code: 'PROJECT_INVALID',
      at: { file: join(dir, 'millrace.yaml'), line },
      hint: expect.stringContaining(hint),
    })
  })
})

describe('an installed dbt as the engine', () => {
  beforeEach(async () => {
    await mkdir(join(dir, 'dbt'))
    await writeFile(join(dir, 'dbt/dbt_project.yml'), '')
  })
  it('is named with its words, as a text or as a list', async () => {
    const engine = async (command: string) =>
      (await read(`name: t\ndbt: { dir: dbt, engine: dbt-core${command} }\n`)).dbtCore?.command
    expect(await engine('')).toEqual(['dbt'])
    expect(await engine(', command: uv run dbt')).toEqual(['uv', 'run', 'dbt'])
    expect(await engine(', command: ["/a b/dbt"]')).toEqual(['/a b/dbt'])
    expect((await read('name: t\ndbt: dbt\n')).dbtCore).toBeUndefined()
  })
  it.each([
    ['{ dir: dbt, command: dbt }', 'the engine is Millrace itself'],
    ['{ dir: dbt, engine: dbtcore }', "is 'dbtcore', and can be millrace or dbt-core"],
    ['{ dir: dbt, engin: dbt-core }', '`engin` is not a setting of `dbt`'],
  ])('%s is refused', async (written, message) => {
    await expect(read(`name: t\ndbt: ${written}\n`)).rejects.toMatchObject({
      code: 'PROJECT_INVALID',
      message: expect.stringContaining(message),
      at: { line: 2 },
    })
  })
})
