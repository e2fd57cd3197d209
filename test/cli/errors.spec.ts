import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { smallProject, withoutModelsAndCode } from './small-project.js'
import { millraceIn, startEngine, writeFiles } from './support.js'

/** Whatever a hasty user does ends in what, where and what to do; never in a stack trace. */
let folder: Awaited<ReturnType<typeof smallProject>>
let millrace: ReturnType<typeof millraceIn>
const open = async (changes: Parameters<typeof smallProject>[0] = { 'orchestration/definitions.ts': undefined }) => {
  folder = await smallProject(changes)
  millrace = millraceIn(folder.dir)
}
/** For each test of a `describe`. */
const openForEach = (changes?: Parameters<typeof open>[0]) => {
  beforeEach(() => open(changes))
  afterEach(() => folder.remove())
}

interface Expected {
  readonly code: number
  readonly error: string
  /** `file:line:column` */
  readonly at?: string
  readonly hint: string
}

async function expectError(args: readonly string[], { code, error, at, hint }: Expected): Promise<void> {
  const outcome = await millrace(...args)
  expect(outcome.stderr).toContain(error)
  if (at !== undefined) expect(outcome.stderr).toContain(`at ${join(folder.dir, at)}\n`)
  expect(outcome.stderr).toMatch(/^ {2}hint /m)
  expect(outcome.stderr).toContain(hint)
  expect(outcome.stderr).not.toMatch(/^ +at .*\.js:|node:internal/m)
  expect(outcome.code).toBe(code)
}

describe('the project', () => {
  openForEach()

  it('is not there', async () => {
    const { code, stderr } = await millraceIn('/')('runs')
    expect(code).toBe(2)
    expect(stderr).toContain('(PROJECT_NOT_FOUND)')
    expect(stderr).toContain('millrace init my-stack')
  })

  it.each([
    [
      'name: shop\nwarehouse: { profle: shop }\n',
      '`profle` is not a setting of `warehouse`.',
      '2:14',
      "Did you mean 'profile'?",
    ],
    ['name: shop\nwarehose: {}\n', '`warehose` is not a setting.', '2:1', "Did you mean 'warehouse'?"],
    [
      'name: shop\nserver:\n  port: abc\n',
      '`server.port`: ',
      '3:3',
      'Settings of `server`: host, port, airbyte_port, url, tls, allowed_hosts, edit_connections.',
    ],
    ['name: shop\ndbt: [oops\n', '(YAML_SYNTAX)', '2:10', 'A bracket that was opened here, or above, is not closed.'],
    ['name: shop\nmetastore: { url: "${NOPE}" }\n', 'variable NOPE is not set', '2:19', '${NOPE:-value}'],
    ['name: shop\ndbt: elsewhere\n', 'has no dbt_project.yml', '2:6', 'relative to millrace.yaml'],
  ])('has a broken millrace.yaml: %j', async (text, error, place, hint) => {
    await writeFiles(folder.dir, { 'millrace.yaml': text })
    await expectError(['runs'], { code: 2, error, at: `millrace.yaml:${place}`, hint })
  })

  it('names a profile or target that is not there', async () => {
    const profiles = 'transformation/dbt/profiles.yml'
    await writeFiles(folder.dir, { 'millrace.yaml': 'name: shop\nwarehouse: { profile: shp }\n' })
    await expectError(['query', 'select 1'], {
      code: 2,
      error: "'shp'",
      at: `${profiles}:1:1`,
      hint: 'Its profiles: shop.',
    })
    await writeFiles(folder.dir, { 'millrace.yaml': 'name: shop\nwarehouse: { profile: shop, target: prod }\n' })
    await expectError(['query', 'select 1'], {
      code: 2,
      error: "'prod'",
      at: `${profiles}:4:5`,
      hint: 'with --target',
    })
  })
})

describe('beside an engine that is running', () => {
  let engine: Awaited<ReturnType<typeof startEngine>>
  beforeAll(async () => {
    await open()
    engine = await startEngine(folder.dir)
  })
  afterAll(async () => {
    await engine.stop()
    await folder.remove()
  })

  it('a command asks that one', async () => {
    const { stdout } = await millrace('doctor')
    expect(stdout).toContain(`(open in process ${engine.pid})`)
  })

  it.each([
    [['check', 'oders'], 'no connection `oders`', "Did you mean 'orders'?"],
    [['sync', 'oders'], 'no connection `oders`', "Did you mean 'orders'?"],
    [['sync', '--stream', 'ordes'], 'no stream `ordes`. (STREAM_NOT_FOUND)', "Did you mean 'orders'?"],
    [['discover', 'orders', '--stream', 'ordes'], 'no stream `ordes`. (STREAM_NOT_FOUND)', "Did you mean 'orders'?"],
    [['materialize', 'revnue'], 'No asset matches `revnue`', 'main/revenue'],
    [['runs', 'show', '123'], 'no run 123', '`millrace runs`'],
  ])('a name that there is not: %j', async (args, error, hint) => expectError(args, { code: 2, error, hint }))

  it('a query that does not parse shows the place, and exits with 1', async () => {
    const { code, stderr } = await millrace('query', 'select 1,\n  nope\nfrom (select 1 as a)')
    expect(code).toBe(1)
    expect(stderr).toContain('at query:2:3\n  1 | select 1,\n> 2 |   nope\n    |   ^')
  })

  it('a query that would write is refused, with the word that was meant', async () => {
    await expectError(['query', 'selct 1'], { code: 2, error: 'QUERY_NOT_READ_ONLY', hint: "Did you mean 'select'?" })
  })
})

describe('a test that fails', () => {
  openForEach()

  it('names the command that prints the rows, and that one does', async () => {
    const model = "select nullif(sum(amount), 60) as total from {{ source('raw', 'orders') }}"
    await writeFiles(folder.dir, { 'transformation/dbt/models/revenue.sql': model })
    const { code, stdout } = await millrace('materialize', '*')
    expect(code).toBe(1)
    expect(stdout).toContain('hint `millrace dbt show --select not_null_revenue_total` prints the rows that break it.')
    const shown = await millrace('dbt', 'show', '--select', 'not_null_revenue_total')
    expect(shown.stdout).toContain('| total |')
  })
})

describe('a check that fails and holds nothing up', () => {
  openForEach()

  it('is told below its step when the run is shown', async () => {
    await writeFiles(folder.dir, {
      'orchestration/definitions.ts': `import { asset, check, defineProject } from 'millrace'
const made = asset('reports/made', { run: () => {} })
export default defineProject(made, check(made, 'is_new', {}, () => ({ passed: false, message: 'It is of last week.' })))
`,
    })
    await millrace('materialize', 'reports/made')
    const { stdout } = await millrace('runs', 'show')
    expect(stdout).toMatch(/^typescript reports\/made +succeeded .*\n {2}check is_new +failed +It is of last week\.$/m)
  })
})

describe('a connection', () => {
  openForEach(withoutModelsAndCode)

  const faker = (streams: string) =>
    `name: people\nsource: { connector: faker, config: { count: 5 } }\ndestination: { connector: warehouse, schema: raw }\nstreams:\n${streams}`
  const onlyPeople = (streams: string) => writeFiles(folder.dir, { 'extract_load/orders.yaml': faker(streams) })

  it.each([
    ['  users: { fields: [id, nam] }\n', 'FIELD_NOT_FOUND', 'name'],
    ['  users: { sync_mode: incremental, primary_key: idd }\n', 'primary_key', "Did you mean 'id'?"],
  ])('whose source has not what it names is none that passes its check: %s', async (streams, error, hint) => {
    await onlyPeople(streams)
    const { code, stdout } = await millrace('check', 'people')
    expect(stdout).toContain(error)
    expect(stdout).toContain(hint)
    expect(stdout).toContain('orders.yaml:5')
    expect(code).toBe(1)
  })

  it('that cannot be read is told in the list, which does not say that there is none', async () => {
    await writeFiles(folder.dir, { 'extract_load/orders.yaml': 'name: orders\nsource: [\n' })
    const { code, stdout, stderr } = await millrace('connections')
    expect(stdout).toBe('')
    expect(stderr).toContain('orders.yaml:')
    expect(code).toBe(1)
  })

  it('whose file is missing says so with the code of the error', async () => {
    await rm(join(folder.dir, 'data/orders.csv'))
    const { code, stdout } = await millrace('check', 'orders')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^failed orders\n {2}error .*data\/orders\.csv.* \([A-Z_]+\)\n(?: {2}.*\n)* {4}hint /)
  })
})

describe('the state folder', () => {
  openForEach()

  it('cannot be used', async () => {
    await writeFile(join(folder.dir, '.millrace'), 'a file')
    await expectError(['runs'], {
      code: 2,
      error: 'a file is in its place. (STATE_FOLDER_UNUSABLE)',
      hint: 'MILLRACE_STATE_DIR',
    })
  })

  it.skipIf(process.getuid?.() === 0)('cannot be written', async () => {
    await mkdir(join(folder.dir, '.millrace'), { mode: 0o555 })
    await expectError(['runs'], {
      code: 2,
      error: 'cannot be written (EACCES). (STATE_FOLDER_UNUSABLE)',
      hint: 'right to write',
    })
  })

  it('is of another version', async () => {
    await millrace('runs')
    await writeFile(join(folder.dir, '.millrace/postgres/PG_VERSION'), '9')
    await expectError(['runs'], { code: 2, error: '(METASTORE_OTHER_VERSION)', hint: 'move the folder away' })
  })
})

describe('two at once', () => {
  openForEach()

  it('two commands that write the same tables both succeed', async () => {
    const outcomes = await Promise.all([millrace('materialize', '*'), millrace('materialize', '*')])
    expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual([0, 0].map((code) => ({ code, stderr: '' })))
    expect((await millrace('query', 'select total from main.revenue')).stdout).toBe('total\n60\n')
  })
})
