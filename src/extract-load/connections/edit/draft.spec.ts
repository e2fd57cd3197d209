import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readYaml } from '../../../base/index.js'
import { fileConnector } from '../../connectors/file/index.js'
import { postgresConnector } from '../../connectors/postgres/index.js'
import type { ConnectionDraft, DiscoveredStream } from '../../contract.js'
import { checkFields } from '../checks/check-fields.js'
import { connectionText } from '../document/connection-text.js'
import { readConnections } from '../read-connections.js'
import { readDraft, refuseTaken, writeConnectionFile } from './draft.js'
import { proposeStream } from './propose-stream.js'

const place = { projectDir: '/p', folder: '/p/extract_load', env: {} }
const shop: ConnectionDraft = {
  name: 'shop',
  source: {
    connector: 'file',
    config: {
      streams: [
        { name: 'orders', path: 'data/orders/*.csv' },
        { name: 'customers', path: 'data/customers.json', skip_rows: 2, delimiter: ';', header: false },
      ],
    },
  },
  destination: { schema: 'raw', prefix: 'shop_' },
  streams: [
    {
      name: 'orders',
      syncMode: 'incremental',
      destinationSyncMode: 'append_dedup',
      primaryKey: [['id']],
      cursorField: ['updated_at'],
    },
    { name: 'customers', syncMode: 'full_refresh', destinationSyncMode: 'append_dedup', primaryKey: [['a'], ['b']] },
  ],
  schedule: { cron: '0 4 * * *', timezone: 'Europe/Berlin' },
}
const database = (config: Readonly<Record<string, unknown>>): ConnectionDraft => ({
  ...shop,
  source: { connector: 'postgres', config: { host: 'db.example.com', database: 'shop', username: 'me', ...config } },
  streams: [],
})
const readDatabase = (config: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}) =>
  readDraft(database(config), { ...place, env, spec: postgresConnector.spec }, { mayLackStreams: true })

describe('the text of a connection', () => {
  it('is written as the documentation writes it', () => {
    expect(connectionText(shop)).toBe(`name: shop
source:
  connector: file
  config:
    streams:
      - { name: orders, path: data/orders/*.csv }
      - { name: customers, path: data/customers.json, skip_rows: 2, delimiter: ';', header: false }
destination: { connector: warehouse, schema: raw, prefix: shop_ }
streams:
  orders: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id, cursor_field: updated_at }
  customers: { sync_mode: full_refresh, destination_sync_mode: append_dedup, primary_key: [a, b] }
schedule: { cron: '0 4 * * *', timezone: Europe/Berlin }
`)
  })

  it('keeps partitions, which the page does not ask for', () => {
    const partitions = [
      { by: 'daily', field: 'day', start: '2024-01-01', timezone: 'Europe/Berlin', hour: 5, endOffset: 1 },
      { by: 'cron', cron: '0 6 * * 1-5', field: 'day', start: '2024-01-01', timezone: 'UTC', unit: 'seconds' },
      { by: 'static', field: 'region', keys: ['eu', 'no'] },
    ] as const
    for (const one of partitions) {
      const [stream, ...others] = shop.streams as [ConnectionDraft['streams'][0]]
      const draft = { ...shop, streams: [{ ...stream, partitions: one }, ...others] }
      const { connection, yaml } = readDraft(draft, { ...place, spec: fileConnector.spec })
      expect(connection.streams[0]?.partitions).toEqual(one)
      expect(connectionText({ ...shop, streams: connection.streams })).toContain(
        yaml.split('\n').find((line) => line.includes('partitions')),
      )
    }
  })

  it('has room for what a stream says of its fields, its table and its deleted rows', () => {
    const text = connectionText({
      ...shop,
      destination: { schema: 'raw', cdcDeletes: 'soft' },
      streams: [
        {
          name: 'customers',
          syncMode: 'full_refresh',
          destinationSyncMode: 'overwrite',
          fields: ['id', 'email'],
          mappers: [
            { type: 'hashing', field: 'email', method: 'SHA-256' },
            {
              type: 'row-filtering',
              where: { or: [{ field: 'id', equal: 1 }, { not: { field: 'email', equal: null } }] },
            },
          ],
          schema: 'own',
          table: 'people',
        },
      ],
      schemaChanges: 'pause',
      schedule: undefined,
    })
    expect(
      text.slice(text.indexOf('destination:')),
    ).toBe(`destination: { connector: warehouse, schema: raw, cdc_deletes: soft }
streams:
  customers:
    sync_mode: full_refresh
    destination_sync_mode: overwrite
    fields: [id, email]
    mappers:
      - { type: hashing, field: email, method: SHA-256 }
      - { type: row-filtering, where: { or: [{ field: id, equal: 1 }, { not: { field: email, equal: null } }] } }
    schema: own
    table: people
schema_changes: pause
`)
  })

  it('says what it was made of, whatever that is', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          'yes',
          '1.5',
          '~',
          'a: b',
          '- a',
          'x #y',
          "it's",
          '2020-01-01',
          'line\nline',
          '{{ x }}',
          '.5',
          ' ',
        ),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).any
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value, { noNullPrototype: true }), (config) => {
        fc.pre(!JSON.stringify(config).includes('__proto__'))
        const text = connectionText({ ...shop, source: { connector: 'x', config } })
        const { source } = readYaml(text, 'x.yaml').value as { source: { config?: unknown } }
        expect(source.config ?? {}).toEqual(config)
      }),
    )
  })
})

describe('a draft', () => {
  it('is read back from its text', () => {
    const { connection, file, newSecrets } = readDraft(shop, { ...place, spec: fileConnector.spec })
    expect([file, newSecrets]).toEqual(['extract_load/shop.yaml', []])
    expect(connection).toMatchObject({ ...shop, file, destination: { connector: 'warehouse', ...shop.destination } })
  })

  it('never shows a secret, and says which variable holds it', () => {
    const { yaml, connection, newSecrets } = readDatabase({ password: 'p4ss-w0rd' })
    expect(yaml).toContain("password: '${SHOP_PASSWORD}'")
    expect(yaml).not.toContain('p4ss')
    expect(newSecrets).toEqual(['SHOP_PASSWORD'])
    expect(connection.source.config.password).toBe('p4ss-w0rd')
  })

  it('keeps the secrets of its destination out of the file too, apart from those of its source', () => {
    const destination = {
      connector: 'file',
      config: { s3: { secret_access_key: 'of-the-bucket' }, path: 's3://lake/x' },
    }
    const draft: ConnectionDraft = {
      ...database({ password: 'p4ss-w0rd' }),
      destination,
      streams: [{ name: 'orders', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }],
    }
    const { yaml, connection, newSecrets } = readDraft(draft, { ...place, spec: postgresConnector.spec })
    expect(yaml).toContain("  config: { path: s3://lake/x, s3: { secret_access_key: '${SHOP_S3_SECRET_ACCESS_KEY}' } }")
    expect(yaml).not.toContain('of-the-bucket')
    expect(newSecrets).toEqual(['SHOP_PASSWORD', 'SHOP_S3_SECRET_ACCESS_KEY'])
    expect(connection.destination).toMatchObject(destination)
  })

  it('keeps the keys of mappers out of the file, one variable for each', () => {
    const key = (digit: string) => digit.repeat(64)
    const encrypted = (name: string, fields: Readonly<Record<string, string>>) => ({
      name,
      syncMode: 'full_refresh' as const,
      destinationSyncMode: 'overwrite' as const,
      mappers: Object.entries(fields).map(([field, key]) => ({
        type: 'encryption' as const,
        field,
        algorithm: 'AES' as const,
        key,
      })),
    })
    const streams = [
      encrypted('orders', { phone: key('a'), mail: key('b') }),
      encrypted('customers', { phone: key('a'), note: '${NOTE_KEY}' }),
    ]
    const place = { projectDir: '/p', folder: '/p/extract_load', env: { NOTE_KEY: key('c') }, spec: fileConnector.spec }
    const { yaml, newSecrets, connection } = readDraft({ ...shop, streams }, place)
    expect(yaml).not.toMatch(/aaaa|bbbb|cccc/)
    expect(yaml.match(/\$\{\w+\}/g)).toEqual([
      '${SHOP_ORDERS_PHONE_KEY}',
      '${SHOP_ORDERS_MAIL_KEY}',
      '${SHOP_ORDERS_PHONE_KEY}',
      '${NOTE_KEY}',
    ])
    expect(newSecrets).toEqual(['SHOP_ORDERS_PHONE_KEY', 'SHOP_ORDERS_MAIL_KEY'])
    expect(connection.streams[1]?.mappers).toMatchObject([{ key: key('a') }, { key: key('c') }])
  })
  it('writes a public key, which is no secret', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
    const mapper = { type: 'encryption', field: 'mail', algorithm: 'RSA', publicKey: pem, padding: 'OAEP' } as const
    const stream = {
      name: 'orders',
      syncMode: 'full_refresh',
      destinationSyncMode: 'overwrite',
      mappers: [mapper],
    } as const
    const place = { projectDir: '/p', folder: '/p/extract_load', env: {}, spec: fileConnector.spec }
    const { connection, newSecrets } = readDraft({ ...shop, streams: [stream] }, place)
    expect(connection.streams[0]?.mappers).toEqual([mapper])
    expect(newSecrets).toEqual([])
  })

  it('says where each stream will be', () => {
    const spec = fileConnector.spec
    const named = [{ ...shop.streams[0], name: 'orders', table: 'sales', schema: 'own' }, shop.streams[1]]
    expect(readDraft({ ...shop, streams: named } as ConnectionDraft, { ...place, spec }).places).toEqual([
      { stream: 'orders', place: 'own.sales' },
      { stream: 'customers', place: 'raw.shop_customers' },
    ])
    const streams = [{ name: 'orders', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }] as const
    const into = (destination: ConnectionDraft['destination']) =>
      readDraft({ ...shop, destination, streams }, { ...place, spec }).places
    expect(into({ connector: 'file', config: { path: 'out' } })).toEqual([{ stream: 'orders', place: 'out/orders/' }])
    expect(into({ connector: 'dev-null' })).toEqual([{ stream: 'orders', place: undefined }])
  })

  it('that takes all streams takes those that were found', () => {
    const draft: ConnectionDraft = { ...database({}), schemaChanges: 'propagate_fully' }
    const { yaml, places } = readDraft(draft, { ...place, spec: postgresConnector.spec, foundStreams: ['a', 'b'] })
    expect(yaml).not.toContain('streams:')
    expect(places.map(({ place }) => place)).toEqual(['raw.shop_a', 'raw.shop_b'])
  })

  it.each([
    [{ mappers: [{ type: 'encryption', field: 'mail', key: 'short' }] }, ['mappers', 0, 'key']],
    [
      {
        mappers: [
          { type: 'hashing', field: 'a' },
          { type: 'field-renaming', field: 'a', to: '_ab_a' },
        ],
      },
      ['mappers', 1, 'to'],
    ],
    [{ mappers: [{ type: 'row-filtering', where: {} }] }, ['mappers', 0, 'where']],
    [{ destinationSyncMode: 'append_dedup' }, ['destination_sync_mode']],
    [{ table: 'x'.repeat(64) }, ['table']],
  ])('tells a form which setting of a stream is wrong: %j', (settings, below) => {
    const stream = { name: 'orders', syncMode: 'full_refresh', destinationSyncMode: 'overwrite', ...settings }
    const draft = { ...shop, streams: [stream] } as unknown as ConnectionDraft
    expect(() => readDraft(draft, { ...place, spec: fileConnector.spec })).toThrow(
      expect.objectContaining({ data: { path: ['streams', 'orders', ...below] } }),
    )
  })

  const held = (settings: object) => () => {
    const stream = { name: 'orders', syncMode: 'full_refresh', destinationSyncMode: 'overwrite', ...settings }
    const draft = { ...shop, streams: [stream] } as unknown as ConnectionDraft
    checkFields(readDraft(draft, { ...place, spec: fileConnector.spec }).connection, [
      {
        name: 'orders',
        jsonSchema: { properties: { id: {}, name: {} } },
        supportedSyncModes: ['full_refresh'],
        sourceDefinedCursor: false,
        defaultCursorField: [],
        sourceDefinedPrimaryKey: [],
      },
    ])
  }
  const incremental = { syncMode: 'incremental', destinationSyncMode: 'append' }

  it.each([
    [{ fields: ['id', 'nmae'] }, 'FIELD_NOT_FOUND', ['fields', 1]],
    [{ mappers: [{ type: 'hashing', field: 'mail' }] }, 'FIELD_NOT_FOUND', ['mappers', 0]],
    [{ mappers: [{ type: 'field-renaming', field: 'id', to: 'Name' }] }, 'MAPPER_INVALID', ['mappers', 0]],
    [{ primaryKey: [['key']], destinationSyncMode: 'overwrite_dedup' }, 'CURSOR_INVALID', ['primary_key']],
    [{ ...incremental, cursorField: ['at'] }, 'CURSOR_INVALID', ['cursor_field']],
  ])('is held against the fields that its source has: %j', (settings, code, below) => {
    const data = { path: ['streams', 'orders', ...below] }
    expect(held(settings)).toThrow(expect.objectContaining({ code, data }))
  })

  it('may call a field in other letters, and name what a connector adds itself', () =>
    expect(held({ ...incremental, fields: ['ID'], cursorField: ['_ab_time'] })).not.toThrow())

  it('may name what lies in a field, and not what lies in none', () => {
    const keyed = (path: readonly string[]) => ({ destinationSyncMode: 'overwrite_dedup', primaryKey: [path] })
    expect(held(keyed(['name', 'last']))).not.toThrow()
    expect(held(keyed(['nobody', 'last']))).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }))
  })

  it('takes no variable that holds something else', () => {
    const env = { SHOP_PASSWORD: 'of-another' }
    const { yaml, newSecrets } = readDatabase({ password: 'p4ss-w0rd' }, env)
    expect(yaml).toContain('${SHOP_PASSWORD_2}')
    expect(newSecrets).toEqual(['SHOP_PASSWORD_2'])
    expect(readDatabase({ password: 'of-another' }, env).newSecrets).toEqual([])
  })

  it('keeps a reference that somebody chose', () => {
    const { yaml, connection } = readDatabase({ password: '${PGPW}' }, { PGPW: 'from-outside' })
    expect(yaml).toContain("'${PGPW}'")
    expect(connection.source.config.password).toBe('from-outside')
    expect(() => readDatabase({ password: '${PGPW}' })).toThrow(expect.objectContaining({ code: 'ENV_MISSING' }))
  })

  it('tells which setting of the draft names a variable that nobody has, and no file that is not there yet', () => {
    const { name } = database({})
    const error = expect.objectContaining({
      code: 'ENV_MISSING',
      message: `\`source.config.password\` of the draft \`${name}\` names a variable. PGPW is not set: neither in the environment nor among the secrets.`,
      at: undefined,
      data: expect.objectContaining({ variables: ['PGPW'] }),
    })
    expect(() => readDatabase({ password: '${PGPW}' })).toThrow(error)
  })

  it('knows where the variables of its source have their values from; what was given just now was in none', () => {
    const draft = database({ password: 'p4ss-w0rd', username: '${PGUSER}', database: '${PGDATABASE}' })
    const kept = { env: { PGUSER: 'me', PGDATABASE: 'shop' }, stored: new Set(['PGUSER']) }
    const { connection } = readDraft(
      draft,
      { ...place, ...kept, spec: postgresConnector.spec },
      { mayLackStreams: true },
    )
    expect(connection.sourceVariables).toEqual([
      { name: 'PGDATABASE', from: 'environment' },
      { name: 'PGUSER', from: 'secrets' },
    ])
  })

  it.each([
    ['another setting', database({ prot: 1 }), "Did you mean 'port'?", 'CONNECTION_INVALID'],
    ['no streams', database({}), 'Which tables', 'CONNECTION_INVALID'],
    ['a path', { ...shop, name: '../shop' }, 'A name', 'CONNECTION_INVALID'],
    ['the name of a page', { ...shop, name: 'new' }, 'A name', 'CONNECTION_INVALID'],
    ['no such stream', { ...shop, streams: [{ ...shop.streams[0], name: 'order' }] }, 'orders', 'STREAM_NOT_FOUND'],
  ] as const)('with %s is refused', (_, draft, hint, code) => {
    const spec = draft.source.connector === 'file' ? fileConnector.spec : postgresConnector.spec
    expect(() => readDraft(draft as ConnectionDraft, { ...place, spec })).toThrow(
      expect.objectContaining({ code, hint: expect.stringContaining(hint) }),
    )
  })
})

describe('the file of a draft', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'millrace-draft-'))
  })
  afterEach(() => rm(dir, { recursive: true }))
  const here = () => ({ ...place, projectDir: dir, folder: join(dir, 'extract_load') })
  const write = () =>
    writeConnectionFile({ projectDir: dir, ...readDraft(shop, { ...here(), spec: fileConnector.spec }) })

  it('is a connection of the project, and the only thing that is left', async () => {
    await refuseTaken('shop', here())
    await write()
    expect(await readdir(here().folder)).toEqual(['shop.yaml'])
    const { connections, problems } = await readConnections(dir, here().folder, { env: {} })
    expect([connections.map(({ name }) => name), problems]).toEqual([['shop'], []])
  })

  it('never takes the place of another', async () => {
    await mkdir(here().folder)
    await writeFile(join(here().folder, 'shop.yaml'), 'mine')
    await expect(write()).rejects.toMatchObject({ code: 'CONNECTION_EXISTS' })
    expect(await readFile(join(here().folder, 'shop.yaml'), 'utf8')).toBe('mine')
    expect(await readdir(here().folder)).toEqual(['shop.yaml'])
  })

  it.each(['shop', 'Shop', 'other'])('%s is taken by name or by file', async (name) => {
    await mkdir(here().folder)
    await writeFile(join(here().folder, 'Shop.yml'), connectionText({ ...shop, name: 'other' }))
    await expect(refuseTaken(name, here())).rejects.toMatchObject({ code: 'CONNECTION_EXISTS' })
  })
})

describe('what is proposed for a stream', () => {
  const stream: DiscoveredStream = {
    name: 's',
    jsonSchema: { properties: { id: {}, at: {} } },
    supportedSyncModes: ['full_refresh', 'incremental'],
    sourceDefinedCursor: false,
    defaultCursorField: ['at'],
    sourceDefinedPrimaryKey: [['id']],
  }
  const incremental = { syncMode: 'incremental', destinationSyncMode: 'append_dedup', primaryKey: [['id']] }
  const all = { syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }
  it.each([
    ['key and cursor', {}, { ...incremental, cursorField: ['at'] }],
    ['a cursor of its own', { sourceDefinedCursor: true }, incremental],
    ['a cursor that is no column', { defaultCursorField: ['_time'] }, incremental],
    ['no cursor', { defaultCursorField: [] }, all],
    ['no key', { sourceDefinedPrimaryKey: [] }, all],
    ['a key in nested data', { sourceDefinedPrimaryKey: [['a', 'b']] }, all],
    ['no incremental reading', { supportedSyncModes: ['full_refresh'] as const }, all],
  ])('%s', (_, changes, expected) => {
    expect(proposeStream({ ...stream, ...changes })).toEqual({ name: 's', ...expected })
  })

  it.each([
    ['full refresh', { syncMode: 'full_refresh' }, all],
    [
      'a key',
      { syncMode: 'full_refresh', primaryKey: [['at']] },
      { ...all, destinationSyncMode: 'overwrite_dedup', primaryKey: [['at']] },
    ],
    ['a cursor', { cursorField: ['id'] }, { ...incremental, cursorField: ['id'] }],
    ['no key', { primaryKey: [] }, all],
    [
      'no key, but what is new',
      { syncMode: 'incremental', primaryKey: [] },
      { syncMode: 'incremental', destinationSyncMode: 'append', cursorField: ['at'] },
    ],
    [
      'another way to write it',
      { destinationSyncMode: 'append' },
      { syncMode: 'incremental', destinationSyncMode: 'append', cursorField: ['at'] },
    ],
    [
      'the last version of all',
      { syncMode: 'full_refresh', destinationSyncMode: 'append_dedup' },
      { ...all, destinationSyncMode: 'append_dedup', primaryKey: [['id']] },
    ],
  ] as const)('unless somebody wishes for %s', (_, wishes, expected) => {
    expect(proposeStream(stream, wishes)).toEqual({ name: 's', ...expected })
  })

  it('in a destination that cannot replace rows by their key, is added', () => {
    expect(proposeStream(stream, {}, ['overwrite', 'append', 'overwrite_dedup'])).toMatchObject({
      destinationSyncMode: 'append',
      primaryKey: [['id']],
    })
  })
})
