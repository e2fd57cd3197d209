import { expect, it } from 'vitest'
import { processName } from '../../base/index.js'
import type { OrchestrateStore, Run, RunEvent } from '../../orchestrate/index.js'
import { tellTakenUpRuns } from './taken-up-runs.js'

const resumed = (runId: string, worker = processName()) =>
  ({ runId, type: 'run_resumed', metadata: { worker } }) as Partial<RunEvent> as RunEvent

async function told(events: readonly RunEvent[], statuses: Readonly<Record<string, Run['status']>>) {
  const lines: string[] = []
  const store: Pick<OrchestrateStore, 'readEvents' | 'getRun'> = {
    readEvents: async () => [...events],
    getRun: async (id) => ({ id, selection: 'raw/orders', status: statuses[id] }) as Run,
  }
  const note = (level: string) => (message: string) => void lines.push(`${level} ${message}`)
  await tellTakenUpRuns(store, new Date(0), { info: note('info'), warn: note('warn') })
  return lines
}

it('says of each run that this process took up how it ended', async () => {
  const lines = await told([resumed('aaaaaaaa-1'), resumed('b'), resumed('b'), resumed('c'), resumed('x', 'other:1')], {
    'aaaaaaaa-1': 'failed',
    b: 'succeeded',
    c: 'running',
  })
  expect(lines).toEqual([
    'warn The run aaaaaaaa-1 (raw/orders), whose engine was lost, was taken up as well, and failed: see `millrace runs show aaaaaa-1`.',
    'info The run b (raw/orders), whose engine was lost, was taken up as well, and succeeded.',
    'info The run c (raw/orders), whose engine was lost, was taken up as well, and is not through: the next command goes on with it.',
  ])
})

it('says first which failed, and of how many it says no more', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const failing = (failed: readonly string[]) =>
    told(
      ids.map((id) => resumed(id)),
      Object.fromEntries(ids.map((id) => [id, failed.includes(id) ? 'failed' : 'succeeded'])),
    )
  const [first, ...others] = await failing(['g'])
  expect(first).toContain('warn The run g ')
  expect(others.at(-1)).toBe('info … and 2 more runs whose engine was lost.')
  expect((await failing(ids)).at(-1)).toBe('warn … and 2 more runs whose engine was lost, of which 2 failed.')
})

it('says nothing where there was none', async () => expect(await told([], {})).toEqual([]))
