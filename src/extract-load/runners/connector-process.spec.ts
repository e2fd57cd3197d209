import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { isProcessAlive } from '../../base/index.js'
import { linesOf } from '../protocol/line-blocks.js'
import { ConnectorProcess } from './connector-process.js'

const start = (code: string, args: readonly string[] = []) =>
  new ConnectorProcess(
    { file: process.execPath, args: ['-e', code, ...args] },
    { role: 'source', cwd: process.cwd(), onStderr: () => {} },
  )
async function allLinesOf(started: ConnectorProcess): Promise<string[]> {
  const all: string[] = []
  for await (const block of started.output()) all.push(...linesOf(block))
  return all
}

it('what a program wrote is read, also when it ended before somebody asked', async () => {
  const started = start(`process.stdout.write('a\\n'.repeat(10_000))`)
  await sleep(1000)
  expect(await allLinesOf(started)).toHaveLength(10_000)
  await started.exit()
})

it('a program that ends badly is told of by its last words', async () => {
  const started = start(`console.error('out of cheese'); process.exit(3)`)
  expect(await allLinesOf(started)).toEqual([])
  await expect(started.exit()).rejects.toMatchObject({
    code: 'SOURCE_PROGRAM_FAILED',
    message: expect.stringMatching(/exit code 3[\s\S]*out of cheese/),
  })
})

it('stopping ends one in the middle of what it says', async () => {
  const started = start(`console.log(process.pid); setInterval(() => console.log('x'.repeat(60_000)), 1)`)
  const { value } = await started.output().next()
  const pid = Number(linesOf(value)[0])
  expect(isProcessAlive(pid)).toBe(true)
  await started.stop()
  expect(isProcessAlive(pid)).toBe(false)
})
