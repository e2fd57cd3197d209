import { describe, expect, it } from 'vitest'
import type { AirbyteConnectionState, ConfiguredStream } from '../../../extract-load/index.js'
import { translateStates } from './translate-states.js'

interface Options {
  readonly native?: string | undefined
  readonly stream?: Partial<ConfiguredStream>
  readonly property?: object
}

/** What becomes of the state of one stream `orders`, whose cursor is `at`. */
function translated(state: string | undefined, { native = 'postgres', stream = {}, property }: Options = {}) {
  const own = {
    name: 'orders',
    syncMode: 'incremental',
    destinationSyncMode: 'append',
    cursorField: ['at'],
    ...stream,
  } as const
  const schema = property && { type: 'object', properties: { at: property } }
  const catalog = {
    stream: { name: 'orders', namespace: 'public', jsonSchema: schema },
    config: { syncMode: 'incremental', destinationSyncMode: 'append', selected: true, generationId: 2 },
  }
  const given: AirbyteConnectionState = { type: 'stream', streams: [{ name: 'orders', namespace: 'public', state }] }
  return translateStates({ streams: [{ stream: own, catalog: catalog as never }], state: given, native })
}
const cursor = (value: unknown, more: object = {}) =>
  JSON.stringify({
    state_type: 'cursor_based',
    version: 2,
    stream_name: 'orders',
    cursor_field: ['at'],
    cursor: value,
    ...more,
  })
const time = { type: 'string', format: 'date-time', airbyte_type: 'timestamp_with_timezone' }
const valueIn = (state: string, options: Options) => {
  const [found] = translated(state, options).states
  return found?.state === undefined ? undefined : (JSON.parse(found.state) as { cursor: string }).cursor
}

describe('the value of a cursor', () => {
  it.each([
    ['2026-01-02T10:00:00.500000', '2026-01-02 10:00:00.5'],
    ['2026-01-02T10:00:00.000000Z', '2026-01-02 10:00:00+00'],
    ['2026-01-02T10:00:00.123456+02:00', '2026-01-02 08:00:00.123456+00'],
    ['2026-01-01T00:30:00+01', '2025-12-31 23:30:00+00'],
    ['2026-01-02T10:00', '2026-01-02 10:00:00'],
    ['2026-01-02', '2026-01-02'],
  ])('%s is %s where the column holds times', (given, printed) => {
    expect(valueIn(cursor(given), { property: time })).toBe(printed)
  })
  it('stays as it is where the column holds texts or numbers', () => {
    expect(valueIn(cursor('2026-01-02T10:00:00Z'), { property: { type: 'string' } })).toBe('2026-01-02T10:00:00Z')
    expect(valueIn('{"cursor_field":["at"],"cursor":9007199254740993}', { property: { type: 'integer' } })).toBe(
      '9007199254740993',
    )
  })
  it('is not guessed where rows are only added, and nobody told what the column holds', () => {
    expect(translated(cursor('2026-01-02T10:00:00Z')).refusals[0]).toContain(
      'nobody told whether `at` holds times or texts',
    )
    const keyed = { destinationSyncMode: 'append_dedup', primaryKey: [['id']] } as const
    expect(valueIn(cursor('2026-01-02T10:00:00Z'), { stream: keyed })).toBe('2026-01-02 10:00:00+00')
    expect(valueIn(cursor('17'), {})).toBe('17')
  })
})

describe('states that our connectors cannot go on from', () => {
  it.each([
    [{ state_type: 'xmin' }, 'its state is one of xmin'],
    [{ state_type: 'ctid' }, 'its state is one of ctid'],
    [{ state_type: 'primary_key' }, 'its state is one of primary_key'],
    [{ cursor_field: ['other'] }, 'its state is of the cursor `other`, and the connection has `at`'],
    [{ cursor: null }, 'no cursor with a value'],
  ])('%j', (more, why) => {
    const { states, refusals } = translated(cursor('1', more))
    expect([states, refusals[0]]).toEqual([[], expect.stringContaining(why)])
  })
  it('of a log, and of the oldest form', () => {
    const streams = [
      {
        stream: { name: 'orders', syncMode: 'incremental', destinationSyncMode: 'append' },
        catalog: { stream: { name: 'orders' }, config: {} },
      },
    ] as never
    const of = (state: AirbyteConnectionState) => translateStates({ streams, state, native: 'mysql' }).refusals[0]
    expect(of({ type: 'global', streams: [], shared: '{}' })).toContain('CDC')
    expect(of({ type: 'legacy', streams: [], legacy: '{}' })).toContain('legacy')
    // Airbyte's own connector takes them as they are.
    expect(
      translateStates({ streams, state: { type: 'legacy', streams: [], legacy: '{"a":1}' }, native: undefined }).states,
    ).toEqual([
      { stream: 'orders', state: undefined, generationId: 0 },
      { stream: '', state: '{"type":"LEGACY","data":{"a":1}}', generationId: 0 },
    ])
  })
})

it('a stream that was never read has no state, and sample data keep theirs', () => {
  expect(translated(undefined)).toMatchObject({
    states: [],
    refusals: [],
    notes: [expect.stringContaining('never read')],
  })
  const faker = '{"seed":-1,"updated_at":"2026-01-01T00:00:00","loop_offset":100}'
  expect(translated(faker, { native: 'faker' }).states[0]?.state).toBe(faker)
})
