import { expect, it } from 'vitest'
import { silentLogger } from '../../base/index.js'
import type { ProcessReport } from '../contract/index.js'
import { keepPresence } from './keep-presence.js'

const report: ProcessReport = { name: 'a:1', kind: 'worker', host: 'a', version: '1', runs: 'executes', capacity: 4 }

it('a process says that it is there until it ends, new until it was heard, whatever the store does', async () => {
  const stop = new AbortController()
  const said: string[] = []
  const warned: string[] = []
  await keepPresence(report, {
    store: {
      async reportProcess({ name }, isNew) {
        said.push(`${name} ${isNew ? 'new' : 'there'}`)
        if (said.length <= 2 || said.length === 4) throw new Error('away')
        if (said.length === 5) stop.abort()
      },
      async removeProcess(name) {
        said.push(`${name} gone`)
        throw new Error('away')
      },
    },
    clock: { now: () => new Date(0), monotonicMs: () => 0, sleep: async () => {} },
    logger: { ...silentLogger, warn: (message) => void warned.push(message) },
    signal: stop.signal,
  })
  expect(said).toEqual(['a:1 new', 'a:1 new', 'a:1 new', 'a:1 there', 'a:1 there', 'a:1 gone'])
  // Once for each time that it goes away.
  expect(warned).toHaveLength(2)
})
