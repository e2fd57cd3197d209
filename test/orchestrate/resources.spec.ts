import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { userCode } from './user-code.js'

const { open, run, code, dir, engineLog } = userCode()

const stepOf = async (key: string) => (await code().load()).steps.find((step) => step.key === key)

describe('resources', () => {
  it('open before what uses them, what they are made of first, and close after it in the other order', async () => {
    await open(`
const db = resource('db', { open: ({ log }) => { log('open db'); return { rows: 3 } }, close: ({ rows }) => console.log('close db', rows) })
const api = resource('api', { resources: { store: db }, open: async ({ resources, projectDir, log }) => {
  log('open api'); return { n: resources.store.rows + 1, dir: projectDir.length > 0 }
}, close: () => console.log('close api') })
const never = resource('never', { open: () => { throw new Error('not needed') } })
const a = asset('a', { resources: { api, db }, run: ({ resources, log }) => log(JSON.stringify(resources)) })
DEFINE a, check(a, 'same', { resources: { same: api } }, ({ resources }) => ({ passed: resources.same.n === 4 })),
  asset('b', { resources: { never }, run: () => {} })`)
    const step = await stepOf('ts:a')
    const { log, checked, error } = await run('a', step ? { step } : {})
    expect(error).toBeUndefined()
    expect(log.map((line) => line.replace('info: ', ''))).toEqual([
      'open db',
      'open api',
      '{"api":{"n":4,"dir":true},"db":{"rows":3}}',
      'close api',
      'close db 3',
    ])
    expect(checked).toEqual([['a', 'same', true]])
  })
  it('that do not open say which and where, and what is open is closed', async () => {
    await open(`
const fine = resource('fine', { open: () => 1, close: () => console.log('closed fine') })
const bad = resource('bad', { resources: { fine }, open: () => {
  throw new Error('no route to host')
}, close: () => console.log('never') })
DEFINE asset('a', { resources: { bad }, run: () => console.log('never') })`)
    expect(await run('a')).toMatchObject({
      made: [],
      log: ['info: closed fine'],
      error: {
        code: 'RESOURCE_FAILED',
        message: 'The resource bad could not be opened: no route to host',
        at: { file: 'definitions.ts', line: 5 },
      },
    })
  })
  it('that do not close are told in the log, also after a failure', async () => {
    await open(`
const bad = resource('bad', { open: () => 1, close: () => { throw new Error('gone already') } })
DEFINE asset('a', { resources: { bad }, run: () => {} }), asset('b', { resources: { bad }, run: () => { throw new Error('mine') } })`)
    expect(await run('a')).toMatchObject({
      made: [['a', {}]],
      error: undefined,
      log: ['warn: The resource bad could not be closed: gone already'],
    })
    expect(await run('b')).toMatchObject({
      error: { message: 'mine' },
      log: ['warn: The resource bad could not be closed: gone already'],
    })
  })
  it('are opened anew for each call, closed when it is cancelled, and serve sensors and multi-assets', async () => {
    await open(`
import { appendFileSync } from 'node:fs'
let n = 0
const api = resource('api', { open: ({ projectDir }) => { const file = projectDir + '/notes'; appendFileSync(file, 'open '); return { n: ++n, file } },
  close: ({ file }) => appendFileSync(file, 'close ') })
DEFINE sensor('s', { every: '5m', target: '*', resources: { api }, evaluate: ({ resources, cursor }) => ({ skip: String(resources.api.n) }) }),
  multiAsset('m', { outputs: { b: {} }, resources: { api }, run: ({ resources, materialized }) => materialized('b', { n: resources.api.n }) }),
  asset('slow', { resources: { api }, run: ({ signal, resources }) => new Promise((_, reject) => {
    appendFileSync(resources.api.file, 'slow ')
    signal.addEventListener('abort', () => reject(signal.reason))
  }) })`)
    expect(await code().evaluateSensor('s')).toMatchObject({ skip: '1' })
    const step = await stepOf('ts:multi:m')
    expect((await run('b', step ? { step } : {})).made).toEqual([['b', { n: 1 }]])
    const notes = () => readFile(join(dir(), 'notes'), 'utf8')
    expect(await notes()).toBe('open close open close ')
    await writeFile(join(dir(), 'notes'), '')
    const stop = new AbortController()
    const slow = run('slow', { signal: stop.signal })
    await eventually('it began', async () => (await notes()).includes('slow'))
    stop.abort()
    expect((await slow).error).toBeDefined()
    expect(await notes()).toBe('open slow close ')
    expect(engineLog()).toEqual([])
  })
  it.each([
    [`asset('a', { resources: { x: 7 as never }, run: () => {} })`, /`x` of the resources of the asset a is not/],
    [`resource('r', {} as never) as never`, /The resource r lacks `open`/],
    [`resource('r', { open: () => 1 }) as never`, /place 1/],
  ])('%s is refused', async (body, message) => {
    await open(`DEFINE ${body}`)
    await expect(code().load()).rejects.toMatchObject({ message: expect.stringMatching(message), at: { line: 2 } })
  })
})
