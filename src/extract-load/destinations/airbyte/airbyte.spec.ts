import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readProgramSettings } from '../../connector-program/settings.js'
import { declaredType } from '../../protocol/declared-types.js'
import { readMessage } from '../../protocol/messages.js'
import { declaredSchema } from './configured-stream.js'
import { inputMessages } from './input-messages.js'
import { SentStates } from './sent-states.js'
import { askedMode, checkMode } from './sync-modes.js'
import { programName } from './target-stream.js'

const target = { name: 's', namespace: 'n' }

describe('modes', () => {
  const modern = ['append', 'overwrite', 'append_dedup']
  it.each([
    ['overwrite', true, modern, 'overwrite'],
    ['append', false, modern, 'append'],
    ['append_dedup', false, modern, 'append_dedup'],
    // One that does not know generations drops rows only so.
    ['append', true, modern, 'overwrite'],
    ['append_dedup', true, modern, 'overwrite'],
    ['append', true, ['append'], 'append'],
    // Of each key there is one row already.
    ['overwrite_dedup', true, modern, 'overwrite'],
    ['overwrite', true, undefined, 'overwrite'],
  ] as const)('%s, replacing: %s, of %j is asked for as %s', (mode, replaces, supported, asked) => {
    expect(askedMode(mode, replaces, supported)).toBe(asked)
  })

  it.each([
    ['append_dedup', ['append', 'overwrite']],
    ['overwrite_dedup', ['append']],
    ['append_dedup', undefined],
  ] as const)('%s is refused where there is only %j', (destinationSyncMode, supported) => {
    expect(() => checkMode({ name: 's', destinationSyncMode }, { file: 'el/c.yaml' }, supported)).toThrow(
      expect.objectContaining({ code: 'STREAM_MODE_UNSUPPORTED', hint: expect.stringContaining('append') }),
    )
  })
})

describe('names', () => {
  it.each([
    [{ image: 'airbyte/destination-x:1.2' }, 'airbyte/destination-x'],
    [{ image: 'registry:5000/destination-x@sha256:00' }, 'registry:5000/destination-x'],
    [{ command: '.venv/bin/destination-x' }, 'destination-x'],
    [{ command: ['/usr/bin/python3', 'main.py'] }, 'python3 main.py'],
  ])('%j is %s, whatever its version and its place', (config, name) => {
    expect(programName(readProgramSettings(config, '', 'destination'))).toBe(name)
  })
})

it.each([
  ['boolean', 'boolean'],
  ['integer', 'integer'],
  ['decimal', 'number'],
  ['float', 'number'],
  ['text', 'string'],
  ['uuid', 'string'],
  ['interval', 'string'],
  ['binary', 'string'],
  ['date', 'date'],
  ['time', 'time_without_timezone'],
  ['timestamp', 'timestamp_without_timezone'],
  ['timestamptz', 'timestamp_with_timezone'],
  ['json', 'json'],
] as const)('a column of kind %s is declared as %s', (kind, type) => {
  expect(declaredType(declaredSchema({ kind }))).toBe(type)
})

describe('states', () => {
  const echoed = (text: string, change: (state: Record<string, unknown>) => void = () => {}) => {
    const message = JSON.parse(text)
    change(message.state)
    return readMessage(JSON.stringify(message)) as Parameters<SentStates['confirm']>[0]
  }
  const counting = (recordCount: number, rejectedRecordCount?: number) => (state: Record<string, unknown>) => {
    state.destinationStats = { recordCount, ...(rejectedRecordCount === undefined ? {} : { rejectedRecordCount }) }
  }

  it('tell the destination how many records stand before them', () => {
    expect(JSON.parse(new SentStates(target).next(3))).toMatchObject({
      type: 'STATE',
      state: { type: 'STREAM', stream: { stream_descriptor: target }, sourceStats: { recordCount: 3 } },
    })
  })
  it('are confirmed when the last one came back', () => {
    const states = new SentStates(target)
    const [first, last] = [states.next(2), states.next(1)]
    expect(() => states.checkComplete()).toThrow(expect.objectContaining({ code: 'DESTINATION_FAILED' }))
    states.confirm(echoed(first))
    expect(() => states.checkComplete()).toThrow(expect.objectContaining({ code: 'DESTINATION_FAILED' }))
    states.confirm(echoed(last))
    states.checkComplete()
  })
  it('are counted one by one, or since the last one that came back', () => {
    const states = new SentStates(target)
    const [first, second, third] = [states.next(2), states.next(3), states.next(4)]
    states.confirm(echoed(first, counting(2)))
    states.confirm(echoed(third, counting(7)))
    expect(() => states.confirm(echoed(second, counting(2)))).toThrow(
      expect.objectContaining({ code: 'DESTINATION_COUNT_WRONG' }),
    )
  })
  it('say how many records were not taken', () => {
    const states = new SentStates(target)
    states.confirm(echoed(states.next(5), counting(3, 2)))
    expect(states.rejected).toBe(2)
  })
  it('may come back without the message that they came in', () => {
    const states = new SentStates(target)
    const { state } = JSON.parse(states.next(1))
    const bare = states.bareState(JSON.stringify({ ...state, destinationStats: null, global_: null }))
    if (bare) states.confirm(bare)
    states.checkComplete()
    expect(states.bareState('{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"}}}')).toBeUndefined()
    expect(states.bareState(`INFO got ${JSON.stringify(state)}`)).toBeUndefined()
  })
  it('of somebody else, or of another load, are none', () => {
    const states = new SentStates(target)
    states.next(1)
    const broken = expect.objectContaining({ code: 'DESTINATION_PROTOCOL_BROKEN' })
    expect(() => states.confirm(echoed(new SentStates(target).next(1)))).toThrow(broken)
    const stream = { stream_descriptor: target }
    expect(() => states.confirm(readMessage(JSON.stringify({ type: 'STATE', state: { stream } })) as never)).toThrow(
      broken,
    )
  })
})

describe('what a destination reads', () => {
  const read = async (path: string | undefined) => {
    let text = ''
    for await (const piece of inputMessages({ path, target, states: new SentStates(target), readAt: new Date(0) }))
      text += piece.toString()
    return text.trimEnd().split('\n')
  }
  it('are records with states between them, the last state, and that the stream is complete', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-input-'))
    try {
      const path = join(folder, 'records.jsonl')
      const rows = 25_000
      await writeFile(path, Array.from({ length: rows }, (_, i) => `${'x'.repeat(i % 50)}${i}\n`).join(''))
      const lines = await read(path)
      const messages = lines.map((line, at) => ({ line, at })).filter(({ line }) => line.startsWith('{'))
      const counts = messages.slice(0, -1).map(({ line }) => JSON.parse(line).state.sourceStats.recordCount)
      expect(counts).toEqual([10_000, 10_000, 5000])
      expect(messages.map(({ at }) => at)).toEqual([10_000, 20_001, 25_002, 25_003])
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
        trace: { type: 'STREAM_STATUS', stream_status: { stream_descriptor: target, status: 'COMPLETE' } },
      })
      const others = lines.filter((line) => !line.startsWith('{')).map((line) => Number(line.replace(/x*/, '')))
      expect(others).toEqual(Array.from({ length: rows }, (_, i) => i))
    } finally {
      await rm(folder, { recursive: true })
    }
  })
  it('without a record is a state and the end', async () => {
    expect(await read(undefined)).toHaveLength(2)
  })
})
