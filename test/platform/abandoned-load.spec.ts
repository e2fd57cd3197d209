import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import type { OrchestrateStore } from '../../src/orchestrate/index.js'
import type { Engine } from '../../src/platform/contract.js'
import { tellLoads } from '../../src/platform/engine/connections/tell-loads.js'
import type { LocalEngine } from '../../src/platform/engine/local-engine.js'
import { findProject } from '../../src/platform/index.js'
import type { execution } from '../../src/platform/processes/execution/engine-with-store.js'
import { eventually, removeProject, temporaryProject } from '../support/millrace.js'

// A thread starts from a file of the built program.
const built = <T>(path: string) => import(new URL(`../../dist/platform/${path}.js`, import.meta.url).href) as Promise<T>

let [dir, close] = ['', async () => {}]
afterEach(async () => {
  vi.useRealTimers()
  await close()
  await removeProject(dir)
})

const file = 'orchestration/definitions.ts'
const code = (...keys: readonly string[]) => `import { asset, defineProject } from 'millrace'
export default defineProject(${keys.map((key) => `asset('${key}', { run() {} })`).join(', ')})
`

it('a file that never comes to an end is abandoned once it is mended, and holds up no run of what is known', async () => {
  dir = await temporaryProject({ [file]: code('one') })
  const project = await findProject(dir, { env: {} })
  const { LocalEngine: Built } = await built<{ LocalEngine: typeof LocalEngine }>('engine/local-engine')
  const { execution: executionOf } = await built<{ execution: typeof execution }>(
    'processes/execution/engine-with-store',
  )
  const store = { publishDefinitions: async () => {}, readDefinitions: async () => undefined }
  const engine = new Built({
    project,
    env: {},
    logger: silentLogger,
    openStore: async () => store as unknown as OrchestrateStore,
  })
  close = () => engine.close()
  const keysOf = async (read: Promise<{ assets: readonly { key: string }[] }>) =>
    (await read).assets.map(({ key }) => key)
  expect(await keysOf(engine.reload())).toEqual(['one'])

  await writeFile(join(dir, file), `${code('one', 'two')}while (true) {}\n`)
  const reading = engine.reload()
  const loading = await eventually('it is loading', async () => (await engine.health()).loading)
  expect(loading.file).toBe(file)
  const { definitions } = executionOf(engine, {
    store: store as unknown as OrchestrateStore,
    logger: silentLogger,
    journal: undefined,
    signal: new AbortController().signal,
  })
  expect(await keysOf(definitions('*'))).toEqual(['one'])

  await writeFile(join(dir, file), code('one', 'two', 'three'))
  expect(await keysOf(reading)).toEqual(['one', 'two', 'three'])
  expect((await engine.definitions()).problems).toEqual([])
  expect((await engine.health()).loading).toBeUndefined()
}, 60_000)

it('who waits for a long load is told of it, and no more once it is over', async () => {
  vi.useFakeTimers()
  let loaded = () => {}
  let forMs = 0
  const engine = {
    reload: () =>
      new Promise<void>((resolve) => {
        loaded = resolve
      }),
    definitions: async () => {},
    writeTypes: async () => {},
    startRunLoop: async () => {},
    health: async () => ({ loading: { file, forMs } }),
  } as unknown as Engine
  const told: number[] = []
  const waiting = tellLoads(engine, (load) => told.push(load.forMs)).reload()
  for (forMs = 5_000; forMs <= 10_000; forMs += 5_000) await vi.advanceTimersByTimeAsync(5_000)
  loaded()
  await waiting
  await vi.advanceTimersByTimeAsync(60_000)
  expect(told).toEqual([5_000, 10_000])
})
