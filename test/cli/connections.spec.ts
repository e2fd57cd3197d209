import { existsSync } from 'node:fs'
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallProject, withoutModelsAndCode } from './small-project.js'
import { execute, main, millraceIn, startEngine } from './support.js'

/** An Airbyte connector that wants a token, and knows what is new in one of its two streams. */
const program = `#!/usr/bin/env node
const { readFileSync } = require('node:fs')
const [verb, ...args] = process.argv.slice(2)
const at = args.indexOf('--config')
const { credentials } = at < 0 ? {} : JSON.parse(readFileSync(args[at + 1], 'utf8'))
const say = (message) => console.log(JSON.stringify(message))
const token = { type: 'string', airbyte_secret: true }
const connectionSpecification = {
  type: 'object',
  required: ['credentials'],
  properties: {
    credentials: { type: 'object', oneOf: [{ required: ['kind', 'token'], properties: { kind: { const: 'token' }, token } }] },
    page: { type: 'integer' },
  },
}
const fields = (...names) => ({ type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])) })
if (verb === 'spec') say({ type: 'SPEC', spec: { connectionSpecification } })
if (verb === 'check')
  say({
    type: 'CONNECTION_STATUS',
    connectionStatus: credentials.token === 'right-token' ? { status: 'SUCCEEDED' } : { status: 'FAILED', message: 'Not ' + credentials.token },
  })
if (verb === 'discover')
  say({
    type: 'CATALOG',
    catalog: {
      streams: [
        { name: 'bills', json_schema: fields('id', 'at'), supported_sync_modes: ['full_refresh', 'incremental'], default_cursor_field: ['at'], source_defined_primary_key: [['id']] },
        { name: 'lands', json_schema: fields('code'), supported_sync_modes: ['full_refresh'] },
      ],
    },
  })
if (verb === 'read') {
  say({ type: 'RECORD', record: { stream: 'lands', emitted_at: 1700000000000, data: { code: 'de' } } })
  say({ type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 1, stream_status: { stream_descriptor: { name: 'lands' }, status: 'COMPLETE' } } })
}
`

let folder: Awaited<ReturnType<typeof smallProject>>
let millrace: ReturnType<typeof millraceIn>
let engine: Awaited<ReturnType<typeof startEngine>>
beforeAll(async () => {
  folder = await smallProject({
    ...withoutModelsAndCode,
    source: program,
    'data/customers.csv': 'id,name,at\n1,Ann,2024-01-01\n2,Bob,2024-01-02\n',
  })
  await chmod(join(folder.dir, 'source'), 0o755)
  millrace = millraceIn(folder.dir)
  // It has read the project, and keeps store and warehouse open, which each command would do for itself otherwise.
  engine = await startEngine(folder.dir)
})
afterAll(async () => {
  await engine.stop()
  await folder.remove()
})

const files = ['--connector', 'file', '--set', 'streams.0.name=customers', '--set', 'streams.0.path=data/cust*.csv']
const api = ['--connector', 'airbyte', '--set', 'command=./source', '--set', 'config.credentials.kind=token']
const token = ['--set', 'config.credentials.token=right-token']
const appendDedup = ['--destination-sync-mode', 'append_dedup', '--key', 'id']
const written = () => readdir(join(folder.dir, 'extract_load'))

describe('connections create without a terminal', () => {
  it.each([
    [[], '`--connector` is missing'],
    [['--connector', 'file'], 'The name of the connection is missing'],
    [['x', '--connector', 'file'], '`--set streams.0.name=…` is missing'],
    [['x', ...api], '`--set config.credentials.token=…` is missing'],
    [['x', ...files], '`--streams` is missing'],
    [['x', ...files, '--set', 'streams.0.skip_rows=many'], 'must be integer'],
    [['x', ...files, '--streams', 'all', '--table', 'people'], '--table customers=people'],
    [['x', ...files, '--streams', 'all', '--sync-mode', 'customers=cdc'], 'Choose full_refresh or incremental'],
    [['x', ...files, '--streams', 'all', '--mapper', 'customers=hashing'], 'as in a file'],
    [['x', ...files, '--follow-streams'], 'Use --streams all'],
    [['x', ...api, ...token, '--follow-streams', '--key', 'id'], '`--key` says otherwise'],
    [['x', ...api, ...token, '--streams', 'lands', '--sync-mode', 'incremental'], 'Choose full_refresh'],
    [
      ['x', ...files, '--streams', 'all', '--destination', 'file', '--destination-set', 'path=x', ...appendDedup],
      'Choose overwrite or append or overwrite_dedup',
    ],
  ])('%j names the flag that is missing', async (args, message) => {
    const { code, stdout, stderr } = await millrace('connections', 'create', ...args)
    expect(stderr).toContain(message)
    expect([code, stdout.includes('written extract_load')]).toEqual([2, false])
    expect(await written()).toEqual(['orders.yaml'])
  })

  it.each([
    [['x', ...files, '--streams', 'custommers'], 'STREAM_NOT_FOUND', "Did you mean 'customers'?"],
    [['orders', ...files, '--streams', 'all'], 'CONNECTION_EXISTS', 'extract_load/orders.yaml'],
    [['../x', ...files, '--streams', 'all'], 'CONNECTION_INVALID', 'A name'],
    [['x', ...files, '--streams', 'all', '--cron', 'daily'], 'CRON_INVALID', 'Five fields'],
    [['x', ...files, '--set', 'streams.0.path=nope.csv', '--streams', 'all'], 'SOURCE_FILE_NOT_FOUND', 'nope.csv'],
    [['x', ...files, '--set', 'streams.0.name=orders', '--streams', 'all'], 'CONNECTION_EXISTS', 'raw.orders'],
    [['x', ...files, '--streams', 'all', '--fields', 'id,nmae'], 'FIELD_NOT_FOUND', "Did you mean 'name'?"],
    [['x', ...files, '--streams', 'all', '--key', 'idd'], 'CURSOR_INVALID', "Did you mean 'id'?"],
    [['x', ...files, '--streams', 'all', '--cursor', 'custmers=at'], 'STREAM_NOT_FOUND', "Did you mean 'customers'?"],
    [
      ['x', ...files, '--streams', 'all', '--mapper', '{ type: hashing, field: mail }'],
      'FIELD_NOT_FOUND',
      'Its fields: id, name, at',
    ],
    [
      ['x', ...files, '--streams', 'all', '--mapper', 'customers={ type: hash, field: name }'],
      'CONNECTION_INVALID',
      'streams.customers.mappers.0.type',
    ],
    [
      ['x', ...files, '--streams', 'all', '--mapper', 'customers={ type: encryption, field: name, key: abcdef }'],
      'CONNECTION_INVALID',
      'is no key of 32 bytes',
    ],
    [
      ['x', ...api, '--set', 'config.credentials.token=wrong-token', '--streams', 'all'],
      'SOURCE_CONFIG_REFUSED',
      'Not **********',
    ],
  ])('%j is refused', async (args, code, text) => {
    const { stderr } = await millrace('connections', 'create', ...args)
    expect(stderr).toContain(`(${code})`)
    expect(stderr).toContain(text)
    expect(await written()).toEqual(['orders.yaml'])
  })

  it('shows what it would write, and writes nothing with --dry-run', async () => {
    const { code, stdout } = await millrace('connections', 'create', 'x', ...files, '--streams', 'all', '--dry-run')
    expect(code).toBe(0)
    expect(stdout).toContain('  customers: { sync_mode: full_refresh, destination_sync_mode: overwrite }')
    expect(await written()).toEqual(['orders.yaml'])
  })

  it('loads into another destination, in modes that it has', async () => {
    const into = ['--streams', 'users', '--destination', 'file', '--destination-set', 'path=out']
    const { code, stdout } = await millrace('connections', 'create', 'demo', '--connector', 'faker', ...into)
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('destination: { connector: file, config: { path: out } }'),
    ])
    expect(stdout).toContain('users: { sync_mode: incremental, destination_sync_mode: append, primary_key: id }')
    expect((await millrace('sync', 'demo')).code).toBe(0)
    expect(await readdir(join(folder.dir, 'out/users'))).toEqual(['users-000001-0001.parquet'])
    const [listed] = JSON.parse((await millrace('connections', '--json')).stdout)
    expect(listed).toMatchObject({ name: 'demo', destination: 'file' })
    expect(listed).not.toHaveProperty('schema')
    await rm(join(folder.dir, 'extract_load/demo.yaml'))
  })

  it('loads into a connector of Airbyte, whose secrets it knows from itself', async () => {
    const program = fileURLToPath(new URL('../support/scripted-destination.mjs', import.meta.url))
    const set = (setting: string) => ['--destination-set', setting]
    const into = [
      ...['--streams', 'products', '--destination', 'airbyte', '--schema', 'shop'],
      ...[
        ...set(`command=["node","${program}"]`),
        ...set('config.out=written'),
        ...set('config.password=hunter2-hunter2'),
      ],
    ]
    const { code, stdout } = await millrace('connections', 'create', 'demo', '--connector', 'faker', ...into)
    expect([code, stdout]).toEqual([0, expect.stringContaining("password: '${DEMO_PASSWORD}'")])
    expect(stdout).toContain('schema: shop')
    expect(stdout).not.toContain('hunter2')
    expect((await millrace('sync', 'demo')).code).toBe(0)
    expect(await readdir(join(folder.dir, 'written'))).toContain('shop.products.jsonl')
    const spec = await millrace('connectors', 'spec', '--command', 'node', program)
    expect(spec.stdout).toContain('append, overwrite, append_dedup')
    await rm(join(folder.dir, 'extract_load/demo.yaml'))
  })

  it.each([
    [['--destination', 'flie'], 'There is no destination `flie`'],
    [['--destination', 'file'], '`path` is missing'],
    [['--destination', 'dev-null', '--schema', 'x'], '`schema` is no setting'],
  ])('%j is refused', async (flags, message) => {
    const { stderr } = await millrace(
      'connections',
      'create',
      'x',
      '--connector',
      'faker',
      '--streams',
      'all',
      ...flags,
    )
    expect(stderr).toContain(message)
    expect(await written()).toEqual(['orders.yaml'])
  })

  it('writes a connection that syncs', async () => {
    const wishes = ['--sync-mode', 'incremental', '--key', 'id', '--cursor', 'customers=at', '--cron', '0 4 * * *']
    const { code, stdout } = await millrace('connections', 'create', 'crm', ...files, '--streams', 'all', ...wishes)
    expect([code, stdout]).toEqual([0, expect.stringContaining('written extract_load/crm.yaml')])
    expect((await millrace('sync', 'crm')).code).toBe(0)
    expect((await millrace('query', 'select count(*) as n from raw.customers')).stdout).toBe('n\n2\n')
    const listed = JSON.parse((await millrace('connections', '--json')).stdout)
    expect(listed).toMatchObject([
      { name: 'crm', streams: ['customers'], schedule: { cron: '0 4 * * *' } },
      { name: 'orders' },
    ])
  })

  it('writes which fields are loaded, and what becomes of it when they change', async () => {
    const wishes = ['--fields', 'id,name', '--schema-changes', 'pause', '--prefix', 'held_']
    await millrace('connections', 'create', 'held', ...files, '--streams', 'all', ...wishes)
    expect((await millrace('sync', 'held')).code).toBe(0)
    expect((await millrace('query', 'select * from raw.held_customers limit 0')).stdout).toMatch(/^id,name,_/)
    await writeFile(join(folder.dir, 'data/customers.csv'), 'id,at\n3,2024-01-03\n')
    expect((await millrace('discover', 'held')).stdout).toContain('gone name string')
    expect((await millrace('sync', 'held')).stdout).toContain('(SCHEMA_CHANGE_PAUSED)')
    const accept = (...args: string[]) => millrace('connections', 'accept', 'held', ...args)
    expect((await accept('--stream', 'custmers')).stderr).toContain('(STREAM_NOT_FOUND)')
    expect(JSON.parse((await accept('--json')).stdout)).toEqual({ connection: 'held', streams: ['customers'] })
    expect((await millrace('sync', 'held')).code).toBe(0)
  })

  it('writes all that a file can say of a stream, and that syncs', async () => {
    const key = '0123456789abcdef'.repeat(4)
    await writeFile(join(folder.dir, 'data/customers.csv'), 'id,name,at\n1,Ann,2024-01-01\n')
    const { code, stdout } = await millrace(
      ...['connections', 'create', 'people', ...files, '--streams', 'all', '--sync-mode', 'customers=incremental'],
      ...['--key', 'id', '--cursor', 'at', '--table', 'customers=contacts', '--stream-schema', 'customers=crm'],
      ...['--mapper', `customers={ type: encryption, field: name, key: ${key} }`, '--cdc-deletes', 'soft'],
      ...['--mapper', '{ type: field-renaming, field: at, to: changed_at }', '--schema-changes', 'ignore', '--json'],
    )
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        newSecrets: ['PEOPLE_CUSTOMERS_NAME_KEY'],
        places: [{ stream: 'customers', place: 'crm.contacts' }],
        isWritten: true,
      },
    ])
    const text = await readFile(join(folder.dir, 'extract_load/people.yaml'), 'utf8')
    expect(
      text.slice(text.indexOf('destination:')),
    ).toBe(`destination: { connector: warehouse, schema: raw, cdc_deletes: soft }
streams:
  customers:
    sync_mode: incremental
    destination_sync_mode: append_dedup
    primary_key: id
    cursor_field: at
    mappers:
      - { type: field-renaming, field: at, to: changed_at }
      - { type: encryption, field: name, key: '\${PEOPLE_CUSTOMERS_NAME_KEY}' }
    schema: crm
    table: contacts
schema_changes: ignore
`)
    expect((await millrace('sync', 'people')).code).toBe(0)
    expect((await millrace('query', 'select id, changed_at from crm.contacts order by 1')).stdout).toMatch(
      /^id,changed_at\n/,
    )
    await rm(join(folder.dir, 'extract_load/people.yaml'))
  })

  it('follows what an Airbyte connector has, which is known from the start', async () => {
    const args = ['connections', 'create', 'follow', ...api, ...token, '--follow-streams', '--prefix', 'f_']
    const { code, stdout } = await millrace(...args)
    expect([code, stdout]).toEqual([0, expect.stringContaining('schema_changes: propagate_fully')])
    expect(stdout).toContain('Tables can be made in raw of warehouse (duckdb)')
    expect(stdout).not.toContain('streams:')
    const listed = JSON.parse((await millrace('connections', '--json')).stdout) as { name: string }[]
    expect(listed.find(({ name }) => name === 'follow')).toMatchObject({ streams: ['bills', 'lands'] })
    await rm(join(folder.dir, 'extract_load/follow.yaml'))
  })

  it('a connection that takes all streams takes what its source has, and new ones by themselves', async () => {
    const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))
    const has = (...names: string[]) => {
      const streams = names.map((name) => ({ name, json_schema: { properties: { id: { type: 'integer' } } } }))
      const script = names.map((stream) => ({ type: 'RECORD', record: { stream, data: { id: 1 }, emitted_at: 1 } }))
      const config = JSON.stringify({ streams, script })
      return writeFile(
        join(folder.dir, 'extract_load/every.yaml'),
        `name: every\nsource: { connector: airbyte, config: { command: [node, '${program}'], config: ${config} } }\ndestination: { schema: every }\nschema_changes: propagate_fully\n`,
      )
    }
    const tables = async () =>
      (await millrace('query', "select table_name from duckdb_tables() where schema_name = 'every' order by 1")).stdout
    await has('a')
    expect((await millrace('sync', 'every')).code).toBe(0)
    expect(await tables()).toBe('table_name\na\n')
    await has('a', 'b')
    expect((await millrace('sync', 'every')).stdout).toContain(
      'b: the source has this stream now; the next sync loads it',
    )
    expect((await millrace('assets', '--json')).stdout).toContain('"every/b"')
    expect((await millrace('sync', 'every')).code).toBe(0)
    expect(await tables()).toBe('table_name\na\nb\n')
    await has('b')
    const lost = await millrace('sync', 'every')
    expect(lost.stdout).toContain('a: the source has lost this stream; its table stays as it is')
    expect((await millrace('sync', 'every')).code).toBe(0)
    expect(await tables()).toBe('table_name\na\nb\n')
    await rm(join(folder.dir, 'extract_load/every.yaml'))
  })

  it('keeps the secrets of an Airbyte connector out of the file, and knows them at once', async () => {
    const args = ['connections', 'create', 'api', ...api, '--streams', 'all', '--json']
    const { stdout } = await millrace(
      ...args,
      '--set',
      'config.credentials.token=right-token',
      '--set',
      'config.page=7',
    )
    expect(JSON.parse(stdout)).toMatchObject({ newSecrets: ['API_CREDENTIALS_TOKEN'], isWritten: true })
    const text = await readFile(join(folder.dir, 'extract_load/api.yaml'), 'utf8')
    expect(text).toContain("token: '${API_CREDENTIALS_TOKEN}'")
    expect(text).toContain('page: 7')
    expect(text).toContain(
      'bills: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id, cursor_field: at }',
    )
    expect(text).not.toContain('right-token')
    expect((await millrace('check', 'api')).stdout).toContain('ok')
  })
})

describe.skipIf(!existsSync('/usr/bin/script'))('connections create at a terminal', () => {
  it('asks for what is missing, and again for what cannot be', async () => {
    const [connector, name, schema, prefix] = ['file', 'orders', 'staging', 'asked_']
    const stream = ['customers', 'data/cust*.csv', 'no']
    const modes = ['nobody', 'customers', 'incremental', 'id', 'at', '']
    const answers = [
      connector,
      name,
      'asked',
      'warehouse',
      schema,
      prefix,
      ...stream,
      'all',
      ...modes,
      '* *',
      '',
      'yes',
      '',
    ]
    const command = `stty cols 100 -echo; ${process.execPath} ${main} connections create`
    const { stdout } = await execute('script', ['-qec', command, '/dev/null'], {
      cwd: folder.dir,
      env: { NO_COLOR: '1' },
      input: answers.join('\n'),
    })
    expect(stdout).toContain('There is one of this name in extract_load/orders.yaml.')
    expect(stdout).toContain('There is no stream nobody.')
    expect(stdout).toContain('is not a cron expression')
    expect(stdout).toContain('written extract_load/asked.yaml')
    expect(await readFile(join(folder.dir, 'extract_load/asked.yaml'), 'utf8')).toContain(
      'customers: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id, cursor_field: at }',
    )
  })
})

/** As a person types: `script` of util-linux gives it a terminal. */
const onTerminal = (input: string, ...args: string[]) => {
  const words = [process.execPath, main, ...args].map((word) => `'${word}'`)
  return execute('script', ['-qec', words.join(' '), '/dev/null'], {
    cwd: folder.dir,
    env: { TERM: 'dumb', CI: '' },
    input,
  })
}

describe('sync --full-refresh', () => {
  it('asks nothing in a pipe, and counts what came', async () => {
    expect((await millrace('sync', 'orders')).code).toBe(0)
    const { code, stdout } = await millrace('sync', 'orders', '--full-refresh')
    expect(code).toBe(0)
    expect(stdout).toMatch(/orders: 3 rows committed in/)
    expect(stdout).not.toContain('anew?')
  })
  it.skipIf(process.platform !== 'linux' || !existsSync('/usr/bin/script'))(
    'shows on a terminal which tables are read anew, with their rows, and asks',
    async () => {
      const refused = await onTerminal('no\n', 'sync', 'orders', '--full-refresh')
      expect(refused.stdout).toMatch(/read anew +rows\s+raw\.orders +3/)
      expect(refused.stdout).toContain('Read 1 stream of orders anew?')
      expect(refused.stdout).toContain('Nothing was read.')
      expect(refused.stdout).not.toContain('committed')
      expect((await onTerminal('yes\n', 'sync', 'orders', '--full-refresh')).stdout).toMatch(/3 rows committed/)
      const told = await onTerminal('', 'sync', 'orders', '--full-refresh', '--yes')
      expect(told.stdout).toMatch(/3 rows committed/)
      expect(told.stdout).not.toContain('anew?')
    },
  )
})

describe('connections clear', () => {
  const orders = () => millrace('query', 'select count(*) as n from raw.orders', '--json')
  it('asks before, and without a terminal wants to be told', async () => {
    expect((await millrace('sync', 'orders')).code).toBe(0)
    const refused = await millrace('connections', 'clear', 'orders')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('1 stream of orders would be cleared, and nobody can be asked.')
    expect(refused.stderr).toContain('--yes')
    expect((await orders()).stdout).toContain('3')
  })
  it('empties the tables, and the next sync loads everything again', async () => {
    const { code, stdout } = await millrace('connections', 'clear', 'orders', '--streams', 'orders', '--yes')
    expect(stdout).toContain('orders: cleared; the next sync loads everything again')
    expect(code).toBe(0)
    expect((await orders()).stdout).toContain('0')
    expect((await millrace('sync', 'orders')).code).toBe(0)
    expect((await orders()).stdout).toContain('3')
  })
  it('a run that cleared asks again before it is run again', async () => {
    const runs = JSON.parse((await millrace('runs', '--json')).stdout) as { id: string; clearData: boolean }[]
    const { id = '' } = runs.find((run) => run.clearData) ?? {}
    for (const more of [[], ['--json']]) {
      const refused = await millrace('runs', 'rerun', id, ...more)
      const said = refused.stdout + refused.stderr
      expect([refused.code, said]).toEqual([2, expect.stringContaining(`of run ${id} would be cleared`)])
      expect(said).toContain('--yes')
    }
    expect((await orders()).stdout).toContain('3')
    expect((await millrace('runs', 'rerun', id, '--yes')).code).toBe(0)
    expect((await orders()).stdout).toContain('0')
    expect((await millrace('sync', 'orders')).code).toBe(0)
  })
  it.each([
    [['order'], 'There is no connection `order`.', "Did you mean 'orders'"],
    [['orders', '--streams', 'orders,x', '--yes'], 'The connection `orders` has no stream `x`.', 'Streams: orders.'],
  ])('%j is refused', async (args, message, hint) => {
    const { code, stderr } = await millrace('connections', 'clear', ...args)
    expect(code).not.toBe(0)
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
  })
})

it('a connection that is removed leaves its file to be put back, and its tables', async () => {
  const file = join(folder.dir, 'extract_load/orders.yaml')
  const before = await readFile(file, 'utf8')
  expect((await millrace('sync', 'orders')).code).toBe(0)
  const { code, stdout } = await millrace('connections', 'remove', 'orders', '--json')
  const removed = JSON.parse(stdout) as { connection: string; file: string; keptAt: string }
  expect([code, removed]).toEqual([
    0,
    expect.objectContaining({ connection: 'orders', file: 'extract_load/orders.yaml' }),
  ])
  expect(existsSync(file)).toBe(false)
  expect(await readFile(removed.keptAt, 'utf8')).toBe(before)
  expect((await millrace('query', 'select count(*) from raw.orders')).code).toBe(0)
  expect((await millrace('connections', 'remove', 'orders')).stderr).toContain('CONNECTION_NOT_FOUND')
})
