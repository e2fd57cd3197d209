import { expect, it } from 'vitest'
import type { Mapping } from '../../component-contract.js'
import { openSource } from '../../source/index.js'
import { collected, manifestOf, scriptedApi, streamOf } from '../../testing/scripted-api.js'

/** What the CDK 7.39.1 asks for at 2024-03-15T12:00:00Z, with these definitions and states. */
const option = (field_name: string) => ({ type: 'RequestOption', inject_into: 'request_parameter', field_name })
const days = {
  type: 'DatetimeBasedCursor',
  cursor_field: 'updated',
  datetime_format: '%Y-%m-%d',
  start_datetime: '2024-01-20',
  start_time_option: option('from'),
  end_time_option: option('to'),
}
const steps = { step: 'P10D', cursor_granularity: 'P1D' }
const seconds = { datetime_format: '%Y-%m-%dT%H:%M:%SZ', cursor_granularity: 'PT1S' }
const slices = {
  state_type: 'date-range',
  slices: [
    { start: '2024-01-20', end: '2024-02-01', most_recent_cursor_value: '2024-01-30' },
    { start: '2024-02-15', end: '2024-02-20' },
  ],
}

const table: readonly [name: string, definition: Mapping, state: Mapping | undefined, windows: string][] = [
  ['steps', steps, undefined, '01-20..01-29 01-30..02-08 02-09..02-18 02-19..02-28 02-29..03-09 03-10..03-15'],
  ['no steps', {}, undefined, '01-20..03-15'],
  ['an end', { end_datetime: '2024-02-20' }, undefined, '01-20..02-20'],
  ['an old state', steps, { updated: '2024-02-10', other: 7 }, '02-10..02-19 02-20..02-29 03-01..03-10 03-11..03-15'],
  ['a state before the start', {}, { updated: '2023-06-01' }, '01-20..03-15'],
  ['a state after the end', steps, { updated: '2024-06-01' }, ''],
  [
    'a look-back',
    { ...steps, lookback_window: 'P3D' },
    { updated: '2024-02-10' },
    '02-07..02-16 02-17..02-26 02-27..03-07 03-08..03-15',
  ],
  ['a look-back without a state', { lookback_window: 'P3D' }, undefined, '01-20..03-15'],
  ['gaps in the state', steps, slices, '02-02..02-11 02-12..02-14 02-20..02-29 03-01..03-10 03-11..03-15'],
  ['gaps, with shared edges', {}, slices, '02-01..02-15 02-20..03-15'],
  ['one day', { ...steps, start_datetime: '2024-03-15' }, undefined, '03-15..03-15'],
  [
    'one moment, strictly',
    { ...steps, is_compare_strictly: true, start_datetime: '2024-03-15', end_datetime: '2024-03-15' },
    undefined,
    '',
  ],
  ['a start to come', { ...steps, start_datetime: '2025-01-01' }, undefined, ''],
  [
    'weeks',
    {
      step: 'P1W',
      cursor_granularity: 'P1D',
      start_datetime: '2024-02-20',
      clamping: { target: 'WEEK', target_details: { weekday: 'WEDNESDAY' } },
    },
    undefined,
    '02-21..02-27 02-28..03-05 03-06..03-12',
  ],
  [
    'months',
    { step: 'P1M', cursor_granularity: 'P1D', start_datetime: '2023-12-20', clamping: { target: 'MONTH' } },
    undefined,
    '01-01..01-31 02-01..02-29',
  ],
  [
    'days',
    { ...seconds, step: 'P3D', start_datetime: '2024-03-10T05:00:00Z', clamping: { target: 'DAY' } },
    undefined,
    '03-11T00:00:00Z..03-13T23:59:59Z 03-14T00:00:00Z..03-14T23:59:59Z',
  ],
  [
    'steps shorter than a day',
    { ...seconds, step: 'PT6H', start_datetime: '2024-03-13T05:00:00Z', clamping: { target: 'DAY' } },
    undefined,
    '03-14T00:00:00Z..03-14T23:59:59Z',
  ],
  [
    'an offset',
    {
      datetime_format: '%Y-%m-%dT%H:%M:%S%z',
      step: 'P20D',
      cursor_granularity: 'PT1S',
      start_datetime: '2024-02-01T00:00:00+0530',
    },
    undefined,
    '02-01T00:00:00+0530..02-20T23:59:59+0530 02-21T00:00:00+0530..03-11T23:59:59+0530 03-12T00:00:00+0530..03-15T12:00:00+0000',
  ],
  [
    'the least and the most',
    {
      ...steps,
      start_datetime: { type: 'MinMaxDatetime', datetime: '2020-01-01', min_datetime: "{{ config['min'] }}" },
      end_datetime: {
        type: 'MinMaxDatetime',
        datetime: "{{ now_utc().strftime('%Y-%m-%d') }}",
        max_datetime: '2024-02-12',
      },
    },
    undefined,
    '02-01..02-10 02-11..02-12',
  ],
]

it.each(table)('asks for the windows that the CDK asks for: %s', async (_, definition, state, windows) => {
  const found: string[] = []
  const api = scriptedApi((url) => {
    found.push(`${url.searchParams.get('from')?.slice(5)}..${url.searchParams.get('to')?.slice(5)}`)
    return { data: [] }
  })
  const manifest = manifestOf({ streams: [streamOf('days', { incremental_sync: { ...days, ...definition } })] })
  const source = openSource({ manifest, config: { min: '2024-02-01' }, services: api.services })
  await collected(source.read([{ stream: { name: 'days', syncMode: 'incremental' }, state }]))
  expect(found.toSorted().join(' ')).toBe(windows)
})

it('keeps of a state what it does not know, and the latest value of the records', async () => {
  const api = scriptedApi(() => ({ data: [{ updated: '2024-02-28' }, { updated: 'nope' }, {}] }))
  const manifest = manifestOf({ streams: [streamOf('days', { incremental_sync: days })] })
  const source = openSource({ manifest, config: {}, services: api.services })
  const stream = { name: 'days', syncMode: 'incremental' as const }
  const events = await collected(source.read([{ stream, state: { updated: '2024-02-10', other: 7 } }]))
  expect(events.filter((event) => event.type === 'state').at(-1)?.state).toEqual({ updated: '2024-02-28', other: 7 })
})
