import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EndedRun, RunPartition } from '../../src/orchestrate/index.js'
import { eventually } from '../support/millrace.js'
import { userCode } from './user-code.js'

const { open, run, write, code, dir, engineLog, reading } = userCode()

describe('a TypeScript asset', () => {
  it('tells what it made, prints and asks, in order', async () => {
    await open(`
const a = asset('a', { run: async ({ log, metadata, query }) => {
  console.log('one'); log('two'); process.stdout.write('thr'); console.error('warned'); process.stdout.write('ee\\n')
  const [row] = await query<{ n: bigint }>('select 3 as n')
  metadata({ rows: row?.n as never, at: new Date(0) as never, none: undefined as never })
} })
DEFINE a, check(a, 'full', {}, () => ({ passed: true }))`)
    const step = {
      key: '',
      kind: 'typescript',
      assets: [],
      checks: [{ asset: 'a', name: 'full' }],
      isSubsettable: false,
    } as const
    expect(await run('a', { step })).toEqual({
      error: undefined,
      log: ['info: one', 'info: two', 'warn: warned', 'info: three'],
      made: [['a', { rows: 3, at: '1970-01-01T00:00:00.000Z' }]],
      checked: [['a', 'full', true]],
    })
  })
  it('knows its run and the tags of it, and so do its checks', async () => {
    await open(`const a = asset('a', { run: ({ runId, tags, log }) => log(runId + ' ' + tags.files) })
DEFINE a, check(a, 'tagged', {}, ({ tags }) => ({ passed: tags.files === 'new.csv' }))`)
    const checks = [{ asset: 'a', name: 'tagged' }]
    const step = { key: '', kind: 'typescript', assets: [], checks, isSubsettable: false } as const
    expect(await run('a', { step, runId: 'r7', tags: { files: 'new.csv' } })).toMatchObject({
      log: ['info: r7 new.csv'],
      checked: [['a', 'tagged', true]],
    })
  })
  it('that is cut into partitions is called for each, or once for all', async () => {
    await open(`const seen = ({ partition, partitions, log }) =>
  log(partition.key + ' ' + partition.window?.start.toISOString() + ' ' + JSON.stringify(partition.dimensions) + ' of ' + partitions.length)
DEFINE asset('each', { partitions: partitions.daily({ start: '2024-01-01' }), run: seen }),
  asset('together', { partitions: partitions.static(['a', 'b']), makesPartitions: 'together', run: seen }),
  asset('bad', { partitions: partitions.static(['a', 'b']), run: ({ partition }) => { if (partition.key !== 'a') throw new Error('no ' + partition.key) } })`)
    const of = (make: 'each' | 'together', ...parts: RunPartition[]) => ({
      partitionsOf: () => ({ make, partitions: parts }),
    })
    const window = { start: '2024-01-01T00:00:00.000Z', end: '2024-01-02T00:00:00.000Z' }
    const [a, b] = [{ key: 'a' }, { key: 'b', dimensions: { x: 'b' } }]
    expect((await run('each', of('each', { key: '2024-01-01', window }, a))).log).toEqual([
      'info: 2024-01-01 2024-01-01T00:00:00.000Z {} of 1',
      'info: a undefined {} of 1',
    ])
    expect((await run('together', of('together', b, a))).log).toEqual(['info: b undefined {"x":"b"} of 2'])
    const { made, error, log } = await run('bad', of('each', b, a, { key: 'c' }))
    expect(made).toHaveLength(1)
    expect(error?.message).toBe('no b')
    expect(log).toEqual(['error: b: no b', 'error: c: no c'])
    // Behind one that failed nothing can be made that reads it.
    const chained = { make: 'each', readsItself: true, partitions: [a, b, { key: 'c' }] } as const
    const stopped = await run('bad', { partitionsOf: () => chained })
    expect(stopped.made).toHaveLength(1)
    expect(stopped.log).toEqual([
      'error: b: no b',
      'warn: 1 later partition not made: bad reads its own earlier partitions.',
    ])
  })
  it('says the versions of its code and of its data', async () => {
    const definitions = (version: string, text: string) => `
DEFINE asset('a', { codeVersion: '${version}', run: ({ dataVersion, log }) => { log('${text}'); dataVersion('v7') } }),
  asset('bad', { run: ({ dataVersion }) => dataVersion(7 as never) }),
  multiAsset('m', { outputs: { b: { codeVersion: '2' }, c: {} }, run: ({ materialized }) => {
    materialized('b', { rows: 1 }, { dataVersion: 'x' }); materialized('c') } })`
    const versions = async () =>
      Object.fromEntries((await code().load()).assets.map(({ key, codeVersion }) => [key, codeVersion]))
    await open(definitions('1', 'one'))
    const before = await versions()
    expect(before).toMatchObject({ a: '1', b: '2' })
    expect((await run('a')).made).toEqual([['a', { data_version: 'v7' }]])
    expect((await run('bad')).error?.message).toBe('The data version is 7.')
    const step = {
      key: 'ts:multi:m',
      kind: 'typescript',
      assets: ['b', 'c'],
      checks: [],
      isSubsettable: false,
    } as const
    expect((await run('b', { step, assets: ['b', 'c'] })).made).toEqual([
      ['b', { rows: 1, data_version: 'x' }],
      ['c', {}],
    ])
    await write(definitions('1', 'another text'))
    expect(await versions()).toEqual(before)
    await write(definitions('2', 'another text'))
    expect((await versions()).a).toBe('2')
  })

  it('have the version that their text has, however they are loaded', async () => {
    await writeFile(
      join(dir(), 'more.ts'),
      `import { asset } from 'millrace'
const rows = 2 // comments are no code
export default asset('more', { run: ({ metadata }) => { metadata({ rows, from: import.meta.url }) } })
`,
    )
    const body = `import more from './more.js'
const rows = 1
DEFINE more, asset('own', { run: ({ metadata }) => {
  /* kept */ metadata({ rows })
} })`
    const described = async (ending: string) => {
      await open(body.replace('DEFINE', `${ending}\nDEFINE`))
      const { assets } = await code().load()
      const told = {
        versions: assets.map(({ key, codeVersion, code }) => [key, codeVersion, code?.text]),
        made: (await run('more')).made,
      }
      const kept = await readdir(join(dir(), '.millrace/definitions')).catch(() => [])
      await code().close()
      return { told, isKept: kept.some((name) => name.endsWith('.json')) }
    }
    // Code that says `require` is loaded file by file.
    const byFile = await described('// require')
    const kept = await described('//')
    expect([byFile.isKept, kept.isKept]).toEqual([false, true])
    expect(kept.told).toEqual(byFile.told)
    expect(kept.told.made).toMatchObject([['more', { rows: 2 }]])
  })
  it('may come from a package of a package, which imports this very program', async () => {
    const add = async (name: string, text: string) => {
      const folder = join(dir(), 'node_modules', name)
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', main: 'index.js' }))
      await writeFile(join(folder, 'index.js'), text)
    }
    await add('preset', `export { make } from 'helpers'`)
    await add(
      'helpers',
      `import { asset } from 'millrace'; export const make = (key) => asset(key, { run: ({ metadata }) => metadata({ made: key }) })`,
    )
    await open(`import { make } from 'preset'\nDEFINE make('x')`)
    expect((await code().load()).assets.map(({ key }) => key)).toEqual(['x'])
    expect((await run('x')).made).toEqual([['x', { made: 'x' }]])
    expect(await readdir(join(dir(), '.millrace/definitions'))).toContainEqual(expect.stringMatching(/[.]json$/))
  })
  it('whose rows are a table of the warehouse says which', async () => {
    await open(`
import { io } from 'millrace'
DEFINE asset('reports/a', { io: io.table(), run: () => [] }), asset('reports/b', { io: io.table({ schema: 'other' }), run: () => [] }),
  asset('here', { io: io.table(), run: () => [] }), asset('reports/c', { io: io.json(), run: () => [] })`)
    expect((await code().load()).assets.map(({ relation }) => relation)).toEqual([
      { schema: 'reports', identifier: 'a' },
      { schema: 'other', identifier: 'b' },
      undefined,
      undefined,
    ])
  })
  it('that others make is looked at, and tells of another version only', async () => {
    await open(`
DEFINE externalAsset('bank/rates', { every: '5m', observe: async ({ query }) => ({ dataVersion: String((await query('x')).length), metadata: { n: 3n as never } }) }),
  externalAsset('bank/none', { every: '1h', observe: () => ({}) as never })`)
    expect((await code().load()).sensors).toMatchObject([
      { name: 'observe_bank_rates', intervalMs: 300_000, observes: 'bank/rates' },
      { name: 'observe_bank_none', intervalMs: 3_600_000 },
    ])
    expect(await code().evaluateSensor('observe_bank_rates')).toEqual({
      cursor: '1',
      skip: 'another version: 1',
      runs: [],
      observed: { asset: 'bank/rates', dataVersion: '1', metadata: { n: 3 } },
    })
    expect(await code().evaluateSensor('observe_bank_rates', { cursor: '1' })).toMatchObject({
      skip: 'the same version: 1',
      observed: undefined,
    })
    await expect(code().evaluateSensor('observe_bank_none')).rejects.toThrow('The look at bank/none answered {}.')
  })
  it('may be made by a program that speaks Dagster Pipes', async () => {
    await open(`const a = asset('a', { codeVersion: '7', partitions: partitions.static(['eu']), run: async ({ pipes, log }) => {
  const { messages } = await pipes([process.execPath, 'program.cjs'], { extras: { rows: 7 } })
  log(messages.join())
} })
DEFINE a, reportedCheck(a, 'enough'), reportedCheck(a, 'other'),
  asset('bad', { run: ({ pipes }) => pipes('python train.py' as never) })`)
    await writeFile(
      join(dir(), 'program.cjs'),
      `const { inflateSync } = require('node:zlib')
const { appendFileSync, readFileSync } = require('node:fs')
const read = (name) => JSON.parse(inflateSync(Buffer.from(process.env[name], 'base64')))
const context = JSON.parse(readFileSync(read('DAGSTER_PIPES_CONTEXT').path))
const say = (method, params) =>
  appendFileSync(read('DAGSTER_PIPES_MESSAGES').path, JSON.stringify({ __dagster_pipes_version: '0.1', method, params }) + '\\n')
say('log', { message: context.asset_keys + ' ' + context.partition_key + ' ' + context.retry_number + ' ' + context.code_version_by_asset_key.a, level: 'INFO' })
say('report_asset_materialization', { asset_key: null, metadata: { rows: { type: 'int', raw_value: context.extras.rows } } })
say('report_asset_check', { asset_key: 'a', check_name: 'enough', passed: true, metadata: {} })
say('report_asset_check', { asset_key: 'a', check_name: 'unknown', passed: true, metadata: {} })
say('report_custom_message', { payload: 'mine' })
`,
    )
    const checks = ['enough', 'other'].map((name) => ({ asset: 'a', name }))
    const step = { key: 'ts:a', kind: 'typescript', assets: ['a'], checks, isSubsettable: false } as const
    const partitionsOf = () => ({ make: 'each' as const, partitions: [{ key: 'eu' }] })
    expect(await run('a', { step, partitionsOf })).toEqual({
      error: undefined,
      log: [
        'info: a eu 0 7',
        "warn: The program reported the check unknown of a; definitions.ts lacks reportedCheck('a', 'unknown').",
        'info: mine',
      ],
      made: [['a', { rows: 7 }]],
      checked: [['a', 'enough', true]],
    })
    expect((await run('bad')).error?.message).toContain('takes a program and its arguments')
  })
  it('of others is part of the lineage, and has no step', async () => {
    await open(`const a = asset('a', { deps: ['raw/b'], run: () => {} })
const shown = externalAsset('dashboard', { deps: [a], owners: ['sales'], kinds: ['superset'] })
DEFINE a, shown`)
    const { assets, steps } = await code().load()
    expect(assets.at(-1)).toMatchObject({
      key: 'dashboard',
      deps: ['a'],
      isExecutable: false,
      kinds: ['superset'],
      owners: ['sales'],
    })
    expect(steps.map(({ key }) => key)).toEqual(['ts:a'])
  })
  it.each(['module', 'commonjs'])(
    'that throws is located, also in a file that it imports, in a package of type %s',
    async (type) => {
      await writeFile(join(dir(), 'package.json'), JSON.stringify({ type }))
      await writeFile(
        join(dir(), 'other.ts'),
        "import { asset } from 'millrace'\nexport function deep(): never {\n  if (asset) throw new Error('deep trouble')\n}\n",
      )
      await open(`import { deep } from './other.js'
DEFINE asset('a', { run: () => deep() }),
  asset('b', { run: () => { throw new TypeError('no good') } })`)
      expect((await run('a')).error).toMatchObject({
        code: 'USER_CODE_FAILED',
        message: 'deep trouble',
        at: { file: 'other.ts', line: 3 },
        frame: expect.stringContaining('throw new Error'),
      })
      expect((await run('b')).error).toMatchObject({ message: 'no good', at: { file: 'definitions.ts', line: 4 } })
    },
  )
  it('whose promise nobody awaited fails with its place', async () => {
    await open(`DEFINE asset('a', { run: () => new Promise(() => {
  void Promise.reject(new Error('forgotten'))
}) })`)
    expect((await run('a')).error).toMatchObject({ message: 'forgotten', at: { line: 3 } })
    expect((await run('a')).error).toMatchObject({ message: 'forgotten' })
  })
  it('that ends the process ends only itself', async () => {
    await open(`DEFINE asset('a', { run: () => process.exit(3) }), asset('b', { run: () => {} })`)
    expect((await run('a')).error).toMatchObject({
      code: 'USER_CODE_CRASHED',
      message: expect.stringContaining('exit code 3'),
    })
    expect((await run('b')).error).toBeUndefined()
  })
  it('that takes all memory takes down only itself', async () => {
    await open(`DEFINE asset('a', { run: () => { const all = []; for (;;) all.push(new Array(1000).fill(all.length)) } }),
  asset('b', { run: () => {} })`)
    expect((await run('a')).error).toMatchObject({
      code: 'USER_CODE_CRASHED',
      message: expect.stringContaining('96 MB'),
    })
    expect((await run('b')).error).toBeUndefined()
  })
  it('that prints without end is cut off', async () => {
    await open(`DEFINE asset('a', { run: () => {
  for (let i = 0; i < 100_000; i++) console.log('a line of output that somebody forgot', i)
  process.stdout.write('x'.repeat(10_000_000))
} })`)
    const { log, error } = await run('a')
    expect(error).toBeUndefined()
    expect(log.join('').length).toBeLessThan(1_500_000)
    expect(log.at(-1)).toBe('warn: It printed more than 1 MB; the rest is left out.')
  })
  it('that loops for ever stops at a cancel, and meanwhile others work', async () => {
    await open(`DEFINE asset('loop', { run: () => { console.log('begun'); for (;;); } }), asset('b', { run: () => {} }),
  sensor('s', { every: '1m', target: '*', evaluate: () => ({ skip: 'fine' }) })`)
    const cancel = new AbortController()
    const log: string[] = []
    const looping = run('loop', { signal: cancel.signal, log: (_, message) => log.push(message) })
    await eventually('the loop begins', () => log.includes('begun'))
    expect((await run('b')).made).toEqual([['b', {}]])
    expect(await code().evaluateSensor('s')).toMatchObject({ skip: 'fine' })
    cancel.abort(new Error('cancelled'))
    expect((await looping).error?.message).toBe('cancelled')
    expect((await looping).made).toEqual([])
  })
  const starting = `import { execFile, spawn, spawnSync } from 'node:child_process'
const pause = () => new Promise(() => {})
DEFINE asset('spawns', { run: () => { spawn('sh', ['-c', 'sleep 300 & sleep 301'], { detached: true, stdio: 'ignore' }); return pause() } }),
  asset('own', { run: () => { execFile('sleep', ['302'], { env: { PATH: process.env.PATH } }); return pause() } }),
  asset('waits', { run: () => { spawnSync('sleep', ['303']) } }),
  asset('leaves', { run: () => { spawn('sleep', ['4'], { detached: true, stdio: 'ignore' }).unref() } }),
  asset('fails', { run: () => { spawn('sleep', ['304'], { detached: true, stdio: 'ignore' }); throw new Error('no') } })`
  /** How many processes sleep that a step of this run has started. */
  const sleeping = async (runId: string) => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const found = await Promise.all(
      pids.map(async (pid) => {
        const of = (what: string) => readFile(`/proc/${pid}/${what}`, 'latin1').catch(() => '')
        return (await of('cmdline')).startsWith('sleep') && (await of('environ')).includes(`=${runId} `)
      }),
    )
    return found.filter(Boolean).length
  }
  it.runIf(process.platform === 'linux').each([
    ['spawns', 2],
    ['own', 1],
    ['waits', 1],
  ])('that is cancelled takes the processes with it that it has started: %s', async (key, count) => {
    await open(starting)
    const runId = randomUUID()
    const cancel = new AbortController()
    const running = run(key, { runId, signal: cancel.signal })
    await eventually('the processes run', async () => (await sleeping(runId)) === count)
    cancel.abort(new Error('cancelled'))
    expect((await running).error?.message).toBe('cancelled')
    expect(await sleeping(runId)).toBe(0)
  })
  it.runIf(process.platform === 'linux')('that fails leaves no processes behind; one that is made may', async () => {
    await open(starting)
    const runId = randomUUID()
    expect((await run('fails', { runId })).error?.message).toBe('no')
    expect(await sleeping(runId)).toBe(0)
    expect((await run('leaves', { runId })).error).toBeUndefined()
    expect(await sleeping(runId)).toBe(1)
    // The same step once more: an engine that was killed had left it.
    const { log } = await run('leaves', { runId, attempt: 2 })
    expect(log).toEqual(['warn: Ended 1 process that an earlier attempt had left behind.'])
    expect(await sleeping(runId)).toBe(1)
  })
  it('that hangs is told by its signal, and may tidy up', async () => {
    await open(`import { writeFileSync } from 'node:fs'
DEFINE asset('a', { run: ({ signal, projectDir }) => new Promise((_, reject) => {
  console.log('begun')
  signal.addEventListener('abort', () => { writeFileSync(projectDir + '/tidy', 'yes'); reject(signal.reason) })
}) })`)
    const cancel = new AbortController()
    const log: string[] = []
    const hanging = run('a', { signal: cancel.signal, log: (_, message) => log.push(message) })
    await eventually('it hangs', () => log.includes('begun'))
    cancel.abort(new Error('cancelled'))
    expect((await hanging).error).toBeDefined()
    expect(await readFile(join(dir(), 'tidy'), 'utf8')).toBe('yes')
  })
  it('that runs while the file changes ends as it began; the next one is the new one', async () => {
    await open(`import { existsSync } from 'node:fs'
DEFINE asset('a', { run: async ({ log, projectDir }) => {
  log('old')
  while (!existsSync(projectDir + '/go')) await new Promise((resolve) => setTimeout(resolve, 10))
  log('still old')
} })`)
    const log: string[] = []
    const first = run('a', { log: (_, message) => log.push(message) })
    await eventually('it began', () => log.includes('old'))
    await write(`DEFINE asset('a', { run: ({ log }) => log('new') })`)
    await code().load()
    await writeFile(join(dir(), 'go'), '')
    expect((await first).error).toBeUndefined()
    expect(log).toEqual(['old', 'still old'])
    expect((await run('a')).log).toEqual(['info: new'])
  })
})

describe('checks', () => {
  it('of a model are a step of their own', async () => {
    await open(
      `DEFINE check('main/m', 'sane', { blocking: true }, async ({ query }) => ({ passed: (await query('x')).length > 1 }))`,
    )
    const { steps, checks } = await code().load()
    expect(steps).toMatchObject([{ key: 'ts:check:main/m', assets: [], checks: [{ asset: 'main/m', name: 'sane' }] }])
    expect(checks).toMatchObject([{ asset: 'main/m', step: 'ts:check:main/m', isBlocking: true }])
    const [step] = steps
    expect(step && (await run('', { step })).checked).toEqual([['main/m', 'sane', false]])
  })
  it('that answer nonsense say so', async () => {
    await open(`DEFINE asset('a', { run: () => {} }), check('a', 'full', {}, (() => 7) as never)`)
    const [step] = (await code().load()).steps
    expect(step && (await run('a', { step })).error).toMatchObject({ message: 'The check full answered 7.' })
  })
  it('that throw have found nothing good', async () => {
    await open(
      `DEFINE asset('a', { run: () => {} }), check('a', 'full', { blocking: true }, () => { throw new TypeError('no') })`,
    )
    const [step] = (await code().load()).steps
    const { checked, error } = await run('a', step ? { step } : {})
    expect(checked).toEqual([['a', 'full', false]])
    expect(error).toMatchObject({ message: 'no', at: { file: expect.stringContaining('definitions.ts') } })
  })
})

describe('definitions', () => {
  it.each([
    ['a syntax error', `const x = ;\nDEFINE`, 2, /Unexpected ";"/],
    ['an error while loading', `\nthrow new Error('at home')\nDEFINE`, 3, /at home/],
    ['no project', `export default {}`, undefined, /does not export a project/],
    ['a bad cron', `DEFINE schedule('x',\n { cron: 'daily', target: '*' })`, 2, /`daily` \(UTC\) is not a cron/],
    ['a bad time zone', `DEFINE schedule('x', { cron: '0 5 * * *', timezone: 'Mars', target: '*' })`, 2, /Mars/],
    [
      'a bad interval',
      `DEFINE sensor('x', { every: 'often', target: '*', evaluate: () => ({}) })`,
      2,
      /`every` of the sensor x is "often"/,
    ],
    ['an asset without run', `DEFINE asset('x', {} as never)`, 2, /The asset x lacks `run`/],
    ['a name with blanks', `DEFINE asset('my asset', { run: () => {} })`, 2, /"my asset" cannot be the name/],
    ['something else', `DEFINE 7 as never`, 2, /place 1/],
  ])('with %s are refused with the place', async (_what, body, line, message) => {
    await open(body)
    await expect(code().load()).rejects.toMatchObject({
      code: 'DEFINITIONS_INVALID',
      message: expect.stringMatching(message),
      at: line === undefined ? { file: 'definitions.ts' } : { file: 'definitions.ts', line },
    })
    await write(`DEFINE asset('fine', { run: () => {} })`)
    expect((await code().load()).assets).toMatchObject([{ key: 'fine', source: { line: 2 } }])
  })
  it('that never come to an end are ended', async () => {
    await open(`for (;;);\nDEFINE`, { loadMs: 1_500 })
    await expect(code().load()).rejects.toMatchObject({ code: 'USER_CODE_TIMEOUT' })
  })
  it('end with the engine while they are loaded', async () => {
    await open(`import { writeFileSync } from 'node:fs'
writeFileSync(new URL('./loading', import.meta.url), '')
for (;;);
DEFINE`)
    const load = code().load()
    const failed = expect(load).rejects.toMatchObject({ code: 'USER_CODE_CRASHED' })
    await eventually('it is being loaded', () => existsSync(join(dir(), 'loading')))
    await code().close()
    await failed
    await expect(code().load()).rejects.toMatchObject({ code: 'USER_CODE_CRASHED' })
  })
})

describe('sensors', () => {
  it('answer cursor and runs', async () => {
    await open(`DEFINE sensor('s', { every: '5m', target: '*',
  evaluate: ({ cursor }) => ({ cursor: { n: 1n, was: cursor }, runs: [{ key: 'k', target: 'a' }] }) })`)
    expect(await code().evaluateSensor('s', { cursor: 'before' })).toEqual({
      cursor: { n: 1, was: 'before' },
      skip: undefined,
      runs: [{ key: 'k', selection: 'a', tags: undefined }],
    })
  })
  it('are told what happened, with dates, and may answer nothing', async () => {
    const definitions = await (
      await open(`import { onMaterialized, onRunStatus, resource, z } from 'millrace'
const api = resource('api', { open: () => ({ send: (text) => console.log('sent', text) }) })
DEFINE asset('a', { run: () => {} }),
      sensor('m', onMaterialized({ assets: ['a', dbt.models.mart_x].map((one) => one.key ?? one).join(' '), cursor: z.number().default(0),
        evaluate: ({ cursor, materializations }) => ({
          cursor: cursor + materializations.length,
          runs: materializations.map(({ at, partitions }) => ({ target: 'a', partitions, tags: { year: String(at.getUTCFullYear()) } })),
        }) })),
      sensor('r', onRunStatus({ statuses: ['failed'], resources: { api },
        evaluate: ({ run, resources }) => { resources.api.send(\`\${run.error.message} \${run.endedAt.getUTCFullYear()}\`) } }))`)
    ).load()
    expect(definitions.sensors).toMatchObject([
      {
        name: 'm',
        target: '',
        cursor: { type: 'number' },
        monitored: { type: 'materializations', all: false, isEvaluated: true },
      },
      { name: 'r', target: '', monitored: { type: 'run', statuses: ['failed'], isEvaluated: true } },
    ])
    const common = { runId: 'r', at: '2026-01-01T00:00:00.000Z', metadata: {}, hasChanged: true }
    const materializations = [
      { ...common, id: 1, asset: 'a', partitions: 'x' },
      { ...common, id: 2, asset: 'a' },
    ]
    expect(
      await code().evaluateSensor('m', { cursor: 3, news: { type: 'materializations', materializations } }),
    ).toEqual({
      cursor: 5,
      runs: [
        { selection: 'a', partitions: 'x', tags: { year: '2026' } },
        { selection: 'a', tags: { year: '2026' } },
      ],
    })
    const run: EndedRun = {
      id: 'r',
      status: 'failed',
      selection: '*',
      tags: {},
      trigger: { type: 'manual' },
      createdAt: common.at,
      endedAt: common.at,
      error: { code: 'X', kind: 'user', retryable: false, message: 'It broke.' },
    }
    expect(await code().evaluateSensor('r', { news: { type: 'run', run } })).toEqual({ runs: [] })
    expect(engineLog()).toContainEqual(expect.stringContaining('sent It broke. 2026'))
  })
  it('list files through the engine, and are told why that cannot be', async () => {
    await open(`DEFINE sensor('s', { every: '5m', target: '*',
  evaluate: async ({ files, cursor }) => ({ cursor: (await files(cursor, { s3: { region: 'x' } })).map(({ url, modifiedAt }) => url + modifiedAt.getUTCFullYear()) }) })`)
    expect((await code().evaluateSensor('s', { cursor: 's3://lake/*.csv' })).cursor).toEqual(['s3://lake/*.csv x2024'])
    await expect(code().evaluateSensor('s', { cursor: 's3://key@closed/*.csv' })).rejects.toMatchObject({
      code: 'SENSOR_FILES_UNREADABLE',
      retryable: false,
      message: 'The files of s3://closed/*.csv cannot be listed: It answered 403.',
    })
  })
  it('with a schema for their cursor are given it, and answer it, as that says', async () => {
    await open(`import { z } from 'millrace'
DEFINE sensor('s', { every: '5m', target: '*', cursor: z.object({ since: z.coerce.date(), n: z.number() }),
  evaluate: ({ cursor }) => ({ cursor: cursor === undefined ? { since: new Date(0), n: 1 } : { since: cursor.since, n: cursor.n > 1 ? 'x' : cursor.since.getTime() + 2 } }) })`)
    const first = await code().evaluateSensor('s')
    expect(first.cursor).toEqual({ since: '1970-01-01T00:00:00.000Z', n: 1 })
    const second = await code().evaluateSensor('s', { cursor: first.cursor })
    expect(second.cursor).toEqual({ since: '1970-01-01T00:00:00.000Z', n: 2 })
    await expect(code().evaluateSensor('s', { cursor: second.cursor })).rejects.toMatchObject({
      code: 'SENSOR_CURSOR_INVALID',
      message:
        'The sensor s answered a cursor that does not fit its schema: `n`: Invalid input: expected number, received string',
    })
    await expect(code().evaluateSensor('s', { cursor: 'old' })).rejects.toMatchObject({
      code: 'SENSOR_CURSOR_INVALID',
      message: expect.stringContaining('kept of the sensor s does not fit its schema any more'),
      hint: expect.stringContaining('reset it on the Automation page'),
    })
  })
  it('do not wait for deliveries of webhooks, however many there are', async () => {
    await open(`import { webhook } from 'millrace'
DEFINE sensor('s', { every: '5m', target: '*', evaluate: () => ({ skip: 'fine' }) }),
      sensor('w', webhook({ target: '*', secret: 'X', evaluate: () => new Promise(() => {}) })), asset('a', { run: () => {} })`)
    const stop = new AbortController()
    const delivery = { deliveryId: 'd', receivedAt: '2026-01-01T00:00:00Z', payload: {}, headers: {} }
    const waiting = [1, 2, 3].map(() =>
      code()
        .evaluateSensor('w', { delivery, signal: stop.signal })
        .catch(() => 'stopped'),
    )
    expect(await code().evaluateSensor('s')).toMatchObject({ skip: 'fine' })
    stop.abort()
    expect(await Promise.all(waiting)).toEqual(['stopped', 'stopped', 'stopped'])
  })
  it('that loop for ever are ended, and the next look works', async () => {
    await open(
      `import { existsSync } from 'node:fs'
DEFINE sensor('s', { every: '5m', target: '*', evaluate: ({ projectDir }) => {
  while (!existsSync(projectDir + '/free'));
  return { skip: 'fine' }
} })`,
      { sensorMs: 5_000 },
    )
    await expect(code().evaluateSensor('s')).rejects.toMatchObject({ code: 'USER_CODE_TIMEOUT' })
    await writeFile(join(dir(), 'free'), '')
    expect(await code().evaluateSensor('s')).toMatchObject({ skip: 'fine' })
  })
  it('that answer nothing say so, and what they print is in the engine’s log', async () => {
    await open(
      `DEFINE sensor('s', { every: '5m', target: '*', evaluate: (() => { console.log('looking') }) as never })`,
    )
    await expect(code().evaluateSensor('s')).rejects.toMatchObject({
      message: 'The sensor s answered nothing.',
    })
    expect(engineLog()).toContain('looking')
  })
})

describe('a table of the project', () => {
  const table = (key: string) => ({ key, relation: { schema: 'main', identifier: key } })
  const names = {
    models: { orders: table('orders'), 'orders.v2': table('orders_v2') },
    seeds: {},
    snapshots: {},
    sources: { 'shop.users': table('users') },
    streams: { shop: { 'odd "name"': table('odd'), gone: { key: 'file/shop/gone' } } },
  }
  it('is read piece by piece, as far as somebody reads', async () => {
    await open(`const a = asset('a', { inputs: { orders: dbt.models.orders }, run: async ({ inputs, log }) => {
  let sum = 0
  for await (const { n } of inputs.orders) sum += n
  for await (const { n } of inputs.orders) { log('first ' + n); break }
  log(sum + ' ' + (await inputs.orders.all()).length + ' of ' + inputs.orders)
} })
DEFINE a, check(connection('shop').streams['odd "name"'], 'odd', {}, () => ({ passed: true })),
  asset('b', { deps: [dbt.sources['shop.users'], dbt.models['orders.v2'], a], run: ({ query }) => query('select 1 from ' + dbt.models.orders) }),
  schedule('s', { cron: '0 5 * * *', target: [a, dbt.models.orders] })`)
    const { assets, checks, schedules } = await code().load(names)
    expect(assets.map(({ key, deps, inputs }) => [key, deps, inputs])).toEqual([
      ['a', ['orders'], undefined],
      ['b', ['users', 'orders_v2', 'a'], undefined],
    ])
    expect([checks[0]?.asset, schedules[0]?.target]).toEqual(['odd', 'a orders'])
    expect((await run('a')).log).toEqual(['info: first 0', 'info: 22.5 10 of "main"."orders"'])
    const select = 'select * from "main"."orders"'
    expect(reading()).toEqual([select, 'end', select, 'end', select, 'end'])
  })
  it('that the project does not have is told with its line and what was meant', async () => {
    await open(`DEFINE asset('a', { deps: [dbt.models.ordres], run: () => {} })`)
    await expect(code().load(names)).rejects.toMatchObject({
      code: 'DEFINITIONS_INVALID',
      message: 'The project has no dbt model `ordres`.',
      hint: "Did you mean 'orders'?",
      at: { file: 'definitions.ts', line: 2 },
    })
    // While the project itself cannot be read nobody knows what it has.
    expect((await code().load()).assets[0]?.deps).toEqual(['dbt_model/ordres'])
    await write(`DEFINE asset('a', { inputs: { rows: connection('shop').streams.gone }, run: () => {} })`)
    await expect(code().load(names)).rejects.toMatchObject({ message: 'file/shop/gone is no table of the warehouse.' })
    await write(`DEFINE asset('a', { deps: [connection('shap').streams.gone], run: () => {} })`)
    await expect(code().load(names)).rejects.toMatchObject({ message: 'The project has no connection `shap`.' })
  })
})

describe('a definitions.ts that is edited while work goes on', () => {
  const version = (name: string) => `import { existsSync, writeFileSync } from 'node:fs'
const wait = async ({ projectDir, partition }) => {
  writeFileSync(projectDir + '/begun-' + partition?.key, '')
  while (!existsSync(projectDir + '/go')) await new Promise((resolve) => setTimeout(resolve, 10))
}
DEFINE asset('cut', { partitions: partitions.static(['a', 'b']), run: async (context) => {
    await wait(context)
    context.log('${name} ' + context.partition.key)
  } }),
  asset('quick', { run: ({ log }) => log('${name}') })`
  const started = async (key: string) => eventually('it begins', () => existsSync(join(dir(), `begun-${key}`)))
  const both = { partitionsOf: () => ({ make: 'each' as const, partitions: [{ key: 'a' }, { key: 'b' }] }) }

  it('ends a step with the code that it began with, and begins the next one with the new', async () => {
    await open(version('old'))
    await code().load()
    const cut = run('cut', both)
    await started('a')
    await write(version('new'))
    await code().load()
    expect((await run('quick')).log).toEqual(['info: new'])
    await writeFile(join(dir(), 'go'), '')
    expect((await cut).log).toEqual(['info: old a', 'info: old b'])
  })
  it('keeps the threads of work at once for a while, and one of them for good', async () => {
    const hold = `while (!existsSync(projectDir + '/go')) await new Promise((resolve) => setTimeout(resolve, 10))`
    await open(`import { existsSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
DEFINE asset('held', { run: async ({ log, projectDir }) => {
  log('begun')
  ${hold}
  log('thread ' + threadId)
} })`)
    await code().load()
    const threads = async (count: number) => {
      await rm(join(dir(), 'go'), { force: true })
      const begun: string[] = []
      const runs = Array.from({ length: count }, () => run('held', { log: (_, message) => begun.push(message) }))
      await eventually('they begin', () => begun.length === count)
      await writeFile(join(dir(), 'go'), '')
      await Promise.all(runs)
      return begun.slice(count).sort()
    }
    const first = await threads(3)
    expect(new Set(first).size).toBe(3)
    expect(await threads(3)).toEqual(first)
    // Longer than they linger.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const later = await threads(2)
    expect(later.filter((thread) => first.includes(thread))).toHaveLength(1)
  })
  it('does not lose what was begun while it is broken, nor what begins meanwhile', async () => {
    await open(version('old'))
    await code().load()
    const cut = run('cut', both)
    await started('a')
    await write('asset(')
    // Also before anybody has noticed.
    const quick = run('quick')
    await expect(code().load()).rejects.toMatchObject({ code: 'DEFINITIONS_INVALID' })
    const another = run('quick')
    await writeFile(join(dir(), 'go'), '')
    expect([(await cut).log, (await quick).log, (await another).log]).toEqual([
      ['info: old a', 'info: old b'],
      ['info: old'],
      ['info: old'],
    ])
    await write(version('mended'))
    await code().load()
    expect((await run('quick')).log).toEqual(['info: mended'])
  })
})
