import { describe, expect, it } from 'vitest'
import { parseConnection } from '../../connections/read-connections.js'
import { connectionStreams } from '../../connections/schema/streams.js'
import type { CommittedState } from '../../loading/state/state-rows.js'
import { modeOf } from '../../loading/state/state-table.js'
import { changeEffects } from './change-effects.js'

const connection = (streams: string, { schema = 'raw', path = 'o.csv', more = '' } = {}) =>
  parseConnection(
    `name: shop
source:
  connector: file
  config: { streams: [{ name: orders, path: ${path} }, { name: notes, path: n.csv }] }
destination: { schema: ${schema} }
streams: { ${streams} }
${more}`,
    'shop.yaml',
    { env: {} },
  )
const appended = 'orders: { sync_mode: incremental, cursor_field: at }'

const loaded = (streams: string): CommittedState[] =>
  connectionStreams(connection(streams)).map((stream) => ({
    stream: stream.name,
    state: { at: 1 },
    mode: modeOf(stream),
    generationId: 3,
    isCleared: false,
  }))
const effects = (before: string, after: ReturnType<typeof connection>, states = loaded(before)) =>
  changeEffects(connection(before), after, states).map(({ stream, kind, message }) => [stream, kind, message] as const)
const kinds = (before: string, after: string, states?: CommittedState[]) =>
  effects(before, connection(after), states).map(([stream, kind]) => [stream, kind])

describe('what a change comes to', () => {
  it('is nothing where nothing of the streams changes', () =>
    expect(effects(appended, connection(appended, { more: 'schema_changes: pause' }))).toEqual([]))

  it('names the generation of a refresh that syncs wait for', () => {
    const [refresh] = effects(appended, connection('orders: { sync_mode: incremental, cursor_field: id }'))
    expect(refresh).toEqual([
      'orders',
      'refresh',
      'needs a full refresh: its `cursor_field` was at and is id, and syncs fail until then. The refresh replaces raw.orders by generation 4; until it is there, the old rows stay.',
    ])
    expect(kinds(appended, 'orders: { sync_mode: incremental, cursor_field: at, primary_key: id }')).toEqual([
      ['orders', 'refresh'],
    ])
    const hashed = '{ sync_mode: incremental, cursor_field: at, mappers: [{ type: hashing, field: mail }] }'
    expect(kinds(appended, `orders: ${hashed}`)).toEqual([['orders', 'refresh']])
  })

  it('tells of tables that are replaced by themselves', () => {
    expect(effects(appended, connection('orders: {}'))[0]).toMatchObject([
      'orders',
      'replace',
      /rows that only the table has/,
    ])
    expect(effects('orders: {}', connection(appended))[0]).toMatchObject(['orders', 'replace', /generation 4/])
    expect(kinds('orders: {}', 'orders: { destination_sync_mode: overwrite_dedup, primary_key: id }')).toEqual([])
  })

  it('tells of streams that come, go, and come back', () => {
    expect(kinds(appended, `${appended}, notes: {}`)).toEqual([['notes', 'add']])
    expect(effects(`${appended}, notes: {}`, connection(appended))).toMatchObject([
      ['notes', 'remove', /raw\.notes stays/],
    ])
    expect(effects('notes: {}', connection(`notes: {}, ${appended}`), loaded(`${appended}, notes: {}`))).toMatchObject([
      ['orders', 'add', /goes on where it was/],
    ])
  })

  it('tells where tables go, and which stay behind', () =>
    expect(effects(appended, connection(appended, { schema: 'other' }))).toMatchObject([
      ['orders', 'move', /other\.orders .*generation 4.*raw\.orders stays/],
    ]))

  it('tells of columns that get no values, and of those that are filled', () => {
    const some = (fields: string, more = '') =>
      `orders: { sync_mode: incremental, cursor_field: at, fields: ${fields}${more} }`
    expect(effects(appended, connection(some('[at, id]')))).toMatchObject([['orders', 'columns', /left out/]])
    expect(effects(some('[at, id]'), connection(some('[at, total]')))).toMatchObject([
      ['orders', 'columns', /no value in id; rows that are there .* until a full refresh/],
    ])
    expect(effects(some('[at]'), connection(some('[at, total]', ', backfill_new_columns: true')))).toMatchObject([
      ['orders', 'columns', /read from the start/],
    ])
  })

  it('doubts a source whose settings are others, where something goes on after what was read', () => {
    const other = (streams: string) => connection(streams, { path: 'x.csv' })
    expect(effects(appended, other(appended))).toMatchObject([[undefined, 'source', /1 incremental stream goes on/]])
    expect(effects('orders: {}', other('orders: {}'))).toEqual([])
  })

  it('is little where nothing was loaded', () =>
    expect(kinds(`${appended}, notes: {}`, 'orders: {}', [])).toEqual([['notes', 'remove']]))
})
