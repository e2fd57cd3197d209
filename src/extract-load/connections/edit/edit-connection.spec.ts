import { describe, expect, it } from 'vitest'
import { secretMask } from '../../../base/index.js'
import { fileConnector } from '../../connectors/file/index.js'
import { postgresConnector } from '../../connectors/postgres/index.js'
import { destinationOf } from '../../connectors/registry.js'
import type { ConnectionFileChange } from '../../contract.js'
import { parseConnection } from '../read-connections.js'
import { referenceAll } from './draft.js'
import { editConnection } from './edit-connection.js'

const text = `# The shop: ask Ann before you change it
name: shop
source:
  connector: file
  config:
    streams:
      - { name: orders, path: data/orders.csv } # daily
      - { name: customers, path: data/customers.csv }
destination: { schema: raw }
streams:
  # grows
  orders: { sync_mode: incremental, table: all_orders }
retries: { complete_failures_max_total: 3 }
`
const place = {
  env: {},
  file: 'extract_load/shop.yaml',
  spec: fileConnector.spec,
  destinationSpec: destinationOf('warehouse').spec,
}
const edit = (change: Omit<ConnectionFileChange, 'name'>) =>
  editConnection(text, parseConnection(text, place.file, { env: {} }), { name: 'shop', ...change }, place)

describe('a connection that is changed', () => {
  it('keeps its comments, and what the change does not speak of', () => {
    const { yaml, connection } = edit({
      streams: [
        { name: 'orders', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' },
        { name: 'customers', syncMode: 'full_refresh', destinationSyncMode: 'append' },
      ],
      schedule: { cron: '0 4 * * *', timezone: 'Europe/Berlin' },
      schemaChanges: 'ignore',
    })
    expect(yaml).toBe(`${text
      .replace(
        'sync_mode: incremental, table: all_orders }',
        'sync_mode: full_refresh, table: all_orders, destination_sync_mode: overwrite }',
      )
      .replace(
        'retries: {',
        '  customers: { sync_mode: full_refresh, destination_sync_mode: append }\nretries: {',
      )}schema_changes: ignore
schedule:
  cron: 0 4 * * *
  timezone: Europe/Berlin
`)
    expect(connection.streams.map(({ name, table }) => [name, table])).toEqual([
      ['orders', 'all_orders'],
      ['customers', undefined],
    ])
  })

  it('stays letter for letter where everything is so already', () => {
    expect(
      edit({
        schedule: null,
        sourceConfig: { config: parseConnection(text, place.file, { env: {} }).source.config, isPartial: false },
      }).yaml,
    ).toBe(text)
  })

  it('keeps what is written in another way and means the same, and comments within settings', () => {
    const before = text
      .replace('incremental, table', 'incremental, primary_key: [id],  table')
      .replace('streams:\n  #', 'streams:   # all\n  #')
    const streams = parseConnection(before, place.file, { env: {} }).streams
    const [orders] = streams
    const change = {
      streams: [{ ...orders!, table: 'other' }],
      saysWholeStreams: true,
      sourceConfig: {
        config: {
          streams: [
            { name: 'orders', path: 'data/o/*.csv' },
            { name: 'customers', path: 'data/customers.csv' },
          ],
        },
        isPartial: false,
      },
      cdcDeletes: 'hard',
    } as const
    const { yaml } = editConnection(
      before,
      parseConnection(before, place.file, { env: {} }),
      { name: 'shop', ...change },
      place,
    )
    expect(yaml).toBe(
      before.replace('data/orders.csv', 'data/o/*.csv').replace('[id],  table: all_orders', '[ id ], table: other'),
    )
  })

  it('says of a schedule only what is another one', () => {
    const scheduled = `${text}schedule:\n  cron: [0 4 * * *] # at night\n`
    const changed = (schedule: { cron: string; timezone: string }) =>
      editConnection(scheduled, parseConnection(scheduled, place.file, { env: {} }), { name: 'shop', schedule }, place)
        .yaml
    expect(changed({ cron: '0 4 * * *', timezone: 'UTC' })).toBe(scheduled)
    expect(changed({ cron: '0 5 * * *', timezone: 'UTC' })).not.toContain('timezone')
    expect(changed({ cron: '0 4 * * *', timezone: 'Europe/Berlin' })).toBe(`${scheduled}  timezone: Europe/Berlin\n`)
  })

  it('is refused where a stream cannot be changed without another one', () => {
    const shared = text
      .replace('orders: {', 'orders: &s {')
      .replace('table: all_orders }', 'primary_key: [id] }\n  customers: *s')
    const [orders, customers] = parseConnection(shared, place.file, { env: {} }).streams
    const change = (streams: ConnectionFileChange['streams']) =>
      editConnection(shared, parseConnection(shared, place.file, { env: {} }), { name: 'shop', streams }, place)
    expect(() => change([{ ...orders!, syncMode: 'full_refresh' }, customers!])).toThrow(
      expect.objectContaining({
        code: 'CONNECTION_NOT_EDITABLE',
        hint: expect.stringContaining('streams.customers.sync_mode'),
      }),
    )
    expect(
      change([orders!, { ...customers!, syncMode: 'full_refresh' }]).connection.streams.map((one) => one.syncMode),
    ).toEqual(['incremental', 'full_refresh'])
  })

  it('takes out what a stream as a whole does not say', () => {
    const streams = [{ name: 'orders', syncMode: 'incremental', destinationSyncMode: 'append' }] as const
    expect(edit({ streams, saysWholeStreams: true }).yaml).toBe(text.replace(', table: all_orders', ''))
    expect(edit({ streams }).yaml).toBe(text)
  })

  it('leaves a secret as it stands that has a variable amid other text', () => {
    const written = `name: shop
source:
  connector: postgres
  config: { host: old, database: d, username: u, password: "live_4f9a-\${REGION}" }
destination: { schema: raw }
streams: { orders: {} }
`
    const { yaml, secrets } = editConnection(
      written,
      parseConnection(written, place.file, { env: { REGION: 'eu' } }),
      {
        name: 'shop',
        sourceConfig: {
          config: { host: 'new', database: 'd', username: 'u', password: secretMask },
          isPartial: false,
        },
      },
      { ...place, spec: postgresConnector.spec, env: { REGION: 'eu' } },
    )
    expect(yaml).toBe(written.replace('host: old', 'host: new'))
    expect(secrets.size).toBe(0)
  })

  it('is refused where it could not be read again, and nothing of it is lost then', () => {
    expect(() =>
      edit({ streams: [{ name: 'ordres', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }] }),
    ).toThrow(expect.objectContaining({ code: 'STREAM_NOT_FOUND' }))
    expect(() => edit({ sourceConfig: { config: { streams: [{ name: 'orders' }] }, isPartial: false } })).toThrow(
      expect.objectContaining({ code: 'CONNECTION_INVALID' }),
    )
  })

  it('has a variable where a secret was said, which is told when nothing sets it', () => {
    const database = `name: crm
source: { connector: postgres, config: { host: db, port: 5432, database: crm, username: me, password: '\${CRM_PASSWORD}' } }
destination: { schema: raw }
streams: { contacts: {} }
`
    const at = { ...place, spec: postgresConnector.spec, file: 'extract_load/crm.yaml' }
    const config = { host: 'db2', port: 5432, database: 'crm', username: 'me', password: 'hunter22' }
    const change = (env: Readonly<Record<string, string>>) =>
      editConnection(
        database,
        parseConnection(database, at.file, { env: { CRM_PASSWORD: 'x' } }),
        { name: 'crm', sourceConfig: { config, isPartial: true } },
        { ...at, env },
      )
    const same = change({ CRM_PASSWORD: 'hunter22' })
    expect([same.newSecrets, same.yaml.includes('hunter22'), same.yaml.includes('${CRM_PASSWORD}')]).toEqual([
      [],
      false,
      true,
    ])
    const other = change({ CRM_PASSWORD: 'other' })
    expect([other.newSecrets, other.yaml.includes('hunter22')]).toEqual([['CRM_PASSWORD_2'], false])
  })

  it('replaces a secret only where nobody else names it', () => {
    const config = { host: 'db', database: 'crm', username: 'me', password: 'hunter22' }
    const names = (users: readonly string[]) =>
      referenceAll(
        { name: 'crm', source: { connector: 'postgres', config }, destination: {}, streams: [] },
        {
          spec: postgresConnector.spec,
          destinationSpec: {},
          before: [{ password: '${CRM_PASSWORD}' }],
          env: { CRM_PASSWORD: 'other' },
          stored: new Set(['CRM_PASSWORD']),
          users: new Map([['CRM_PASSWORD', users]]),
        },
      ).values
    expect([...names(['connection crm'])]).toEqual([['CRM_PASSWORD', 'hunter22']])
    for (const users of [['connection crm', 'connection crm'], ['connection crm', 'source 1'], ['connection shop']])
      expect([...names(users).keys()]).toEqual(['CRM_PASSWORD_2'])
  })

  it('gives two settings of the same value a secret each', () => {
    const spec = {
      properties: {
        password: { airbyte_secret: true },
        config: { properties: { password: { airbyte_secret: true } } },
      },
    }
    const draft = {
      name: 'copy',
      source: { connector: 'x', config: { password: 'hunter22' } },
      destination: { connector: 'y', config: { config: { password: 'hunter22' } } },
      streams: [],
    }
    const make = (env: Readonly<Record<string, string>>, stored: readonly string[] = []) =>
      referenceAll(draft, {
        spec,
        destinationSpec: spec,
        env,
        stored: new Set(stored),
        users: new Map([['COPY_PASSWORD', ['source 1']]]),
      })
    expect([...make({}).values.keys()]).toEqual(['COPY_PASSWORD_2', 'COPY_PASSWORD_3'])
    expect([...make({ COPY_PASSWORD: 'hunter22' }, ['COPY_PASSWORD']).values.keys()]).toEqual([
      'COPY_PASSWORD_2',
      'COPY_PASSWORD_3',
    ])
    // Nothing here changes what the environment has.
    expect([...make({ COPY_PASSWORD_2: 'hunter22', COPY_PASSWORD: 'x' }).values.keys()]).toEqual(['COPY_PASSWORD_2'])
  })
})
