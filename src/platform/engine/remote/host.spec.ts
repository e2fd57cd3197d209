import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Engine } from '../../contract.js'
import { hostEngine } from './host.js'

it('leaves it to callers to end a connection that nobody uses', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-host-'))
  const host = await hostEngine({} as Engine, join(dir, 'engine.sock'))
  try {
    const keptSeconds = await new Promise<number>((resolve, reject) => {
      const sent = request({ socketPath: join(dir, 'engine.sock'), path: '/none', method: 'POST' }, (response) => {
        response.resume()
        resolve(Number(/timeout=(\d+)/.exec(String(response.headers['keep-alive']))?.[1]))
      })
      sent.on('error', reject)
      sent.end('{"args":[]}')
    })
    // Node's own callers: five seconds.
    expect(keptSeconds).toBeGreaterThan(10)
  } finally {
    await host.close()
    await rm(dir, { recursive: true, force: true })
  }
})
