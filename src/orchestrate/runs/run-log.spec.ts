import { describe, expect, it } from 'vitest'
import type { OrchestrateStore, RunRecord } from '../contract/index.js'
import { RunLog } from './run-log.js'

describe('RunLog', () => {
  it('does not try again what fails after it was discarded', async () => {
    const written: RunRecord[] = []
    let refuse = () => {}
    const record = (_: unknown, one: RunRecord) => {
      written.push(one)
      return new Promise<void>((_resolve, reject) => {
        refuse = () => reject(new Error('another engine has the run'))
      })
    }
    const log = new RunLog({ record } as unknown as OrchestrateStore, { runId: 'r', token: 1, worker: 'w' })
    log.event({ type: 'log', message: 'first' })
    const writing = log.flush()
    await new Promise((resolve) => setImmediate(resolve))
    log.discard()
    refuse()
    await writing
    await log.flush()
    expect(written.map(({ events }) => events[0]?.message)).toEqual(['first'])
  })
})
