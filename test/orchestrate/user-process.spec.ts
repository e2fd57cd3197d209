import { describe, expect, it } from 'vitest'
import { isProcessAlive } from '../../src/base/index.js'
import type { StepContext } from '../../src/orchestrate/index.js'
import { eventually } from '../support/millrace.js'
import { userCode } from './user-code.js'

const { open, run, code } = userCode()

describe('an asset with a process of its own', () => {
  const names = {
    models: { m: { key: 'main/m', relation: { schema: 'main', identifier: 'm' } } },
    seeds: {},
    snapshots: {},
    sources: {},
    streams: {},
  }
  const apart = (key: string) => ({
    step: {
      key: `ts:${key}`,
      kind: 'typescript',
      assets: [key],
      checks: [],
      isSubsettable: false,
      executor: 'process',
    } as const,
  })
  it('is described so, and works as in a thread', async () => {
    await open(`const reads = asset('reads', { executor: 'process', inputs: { rows: dbt.models.m }, run: async ({ inputs, query, log, metadata }) => {
  let sum = 0
  for await (const row of inputs.rows) sum += Number(row.n)
  const [answer] = await query<{ n: bigint }>('select 3 as n')
  console.log('printed')
  log(typeof answer?.n + ' ' + sum + ' ' + (process.send !== undefined))
  metadata({ n: Number(answer?.n) })
} })
const bad = asset('bad', { executor: 'process', run: () => { throw new TypeError('not so') } })
DEFINE reads, bad`)
    const { steps } = await code().load(names)
    expect(steps.map(({ executor }) => executor)).toEqual(['process', 'process'])
    const { error, log, made } = await run('reads', apart('reads'))
    expect(error).toBeUndefined()
    expect(log).toEqual(['info: printed', 'info: bigint 22.5 true'])
    expect(made).toEqual([['reads', { n: 3 }]])
    expect((await run('bad', apart('bad'))).error).toMatchObject({
      code: 'USER_CODE_FAILED',
      message: 'not so',
      at: { file: 'definitions.ts' },
    })
  })
  it('cannot fill the store either with what other programs print', async () => {
    const endless = "yes 'a line of a program that prints and prints' | head -c 5000000; printf 'no end of the line'"
    await open(`import { spawnSync } from 'node:child_process'
DEFINE asset('loud', { executor: 'process', run: () => { spawnSync('sh', ['-c', ${JSON.stringify(endless)}], { stdio: 'inherit' }) } }),
  asset('quiet', { executor: 'process', run: () => { spawnSync('sh', ['-c', "printf 'no end of the line'; sleep 0.2"], { stdio: 'inherit' }) } })`)
    const { log, error } = await run('loud', apart('loud'))
    expect(error).toBeUndefined()
    expect(log[0]).toBe('info: a line of a program that prints and prints')
    expect(log.join('').length).toBeLessThan(1_500_000)
    expect(log.at(-1)).toBe('warn: It printed more than 1 MB; the rest is left out.')
    expect((await run('quiet', apart('quiet'))).log).toEqual(['info: no end of the line'])
  })
  it('takes nothing with it when it crashes', async () => {
    await open(`DEFINE asset('crash', { run: () => process.kill(process.pid, 'SIGSEGV') as never }),
  asset('late', { run: () => { setTimeout(() => { throw new Error('nobody waits') }, 20); return new Promise(() => {}) } }),
  asset('big', { run: () => { const all: unknown[] = []; for (;;) all.push(new Array(1000).fill(all.length)) } })`)
    expect((await run('crash', apart('crash'))).error).toMatchObject({
      code: 'USER_CODE_CRASHED',
      message: 'The process that ran definitions.ts was lost: it was ended by SIGSEGV.',
    })
    expect((await run('late', apart('late'))).error).toMatchObject({ message: 'nobody waits' })
    expect((await run('big', apart('big'))).error?.message).toContain('it needed more than 96 MB of memory')
  })
  it.runIf(process.platform === 'linux')('is gone when it is cancelled, and when the next attempt begins', async () => {
    await open(`DEFINE asset('loop', { run: ({ log }) => { log('pid ' + process.pid); for (;;); } })`)
    const cancel = new AbortController()
    let pid = 0
    const begin = (changes: Partial<StepContext>) =>
      run('loop', {
        ...apart('loop'),
        ...changes,
        log: (_, message) => (pid = Number(/pid (\d+)/.exec(message)?.[1] ?? pid)),
      })
    const looping = begin({ runId: 'r1', signal: cancel.signal })
    await eventually('the loop begins', () => pid > 0)
    expect(isProcessAlive(pid)).toBe(true)
    const first = pid
    cancel.abort(new Error('cancelled'))
    expect((await looping).error?.message).toBe('cancelled')
    await eventually('it is gone', () => !isProcessAlive(first))
    // An engine that was killed has left it behind.
    const left = begin({ runId: 'r2' })
    await eventually('the loop begins', () => pid !== first)
    const second = pid
    const stop = new AbortController()
    const next = begin({ runId: 'r2', attempt: 2, signal: stop.signal })
    expect((await left).error).toMatchObject({ code: 'USER_CODE_CRASHED' })
    expect(isProcessAlive(second)).toBe(false)
    stop.abort(new Error('cancelled'))
    await next
  })
})
