import { expect, it } from 'vitest'
import { orchestrateErrors } from '../errors.js'
import type { HostEvents } from './host-channel.js'
import { UserHost } from './user-host.js'

it('is not used any more once what an earlier task left behind has failed, though it has not ended yet', () => {
  let events: HostEvents | undefined
  const host = new UserHost(
    (_, given) => {
      events = given
      return { kind: 'thread', post: () => {}, end: async () => {} }
    },
    { file: 'definitions.ts', projectDir: '/', heapMb: 1 },
  )
  expect(host.isAlive).toBe(true)
  const error = orchestrateErrors.create('USER_CODE_FAILED', { message: 'A timer threw.' }).toJSON()
  events?.onMessage({ type: 'failed', error, isFatal: true })
  expect(host.isAlive).toBe(false)
})
