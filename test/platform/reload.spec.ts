import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import type { OrchestrateStore } from '../../src/orchestrate/index.js'
import { LocalEngine } from '../../src/platform/engine/local-engine.js'
import { findProject } from '../../src/platform/index.js'
import { projectFingerprint } from '../../src/platform/project/fingerprint.js'
import { removeProject, temporaryProject } from '../support/millrace.js'

const connection = (name: string) => `name: ${name}
source: { connector: file, config: { streams: [{ name: ${name}, path: data/${name}.csv }] } }
destination: { connector: warehouse, schema: raw }
streams: { ${name}: { sync_mode: full_refresh, destination_sync_mode: overwrite } }
`

let [dir, close] = ['', async () => {}]
afterEach(async () => {
  await close()
  await removeProject(dir)
})

it('a project that changes while it is read is read again for who asks after the change', async () => {
  dir = await temporaryProject({ 'extract_load/first.yaml': connection('first') })
  let [isPublishing, publish] = [() => {}, () => {}]
  const publishing = new Promise<void>((resolve) => {
    isPublishing = resolve
  })
  const mayPublish = new Promise<void>((resolve) => {
    publish = resolve
  })
  const store = {
    publishDefinitions: () => {
      isPublishing()
      return mayPublish
    },
    readDefinitions: async () => undefined,
  } as unknown as OrchestrateStore
  const project = await findProject(dir, { env: {} })
  const engine = new LocalEngine({ project, env: {}, logger: silentLogger, openStore: async () => store })
  close = () => engine.close()
  // The files were read, and the reading lasts until it is published.
  const published = engine.publish()
  const reading = engine.reload()
  await publishing
  await writeFile(join(dir, 'extract_load/second.yaml'), connection('second'))
  const asked = engine.reloadIfChanged()
  // Until it has looked at the files, as this does after it.
  for (let i = 0; i < 2; i++) await projectFingerprint(project)
  publish()
  expect((await reading).connections.map(({ name }) => name)).toEqual(['first'])
  expect((await asked).connections.map(({ name }) => name).sort()).toEqual(['first', 'second'])
  await published
})

it('a store that could not be opened for one who asked holds up nobody after them', async () => {
  dir = await temporaryProject({ 'extract_load/first.yaml': connection('first') })
  let isAway = true
  const store = {
    publishDefinitions: async () => {},
    readDefinitions: async () => undefined,
  } as unknown as OrchestrateStore
  const openStore = async () => {
    if (isAway) throw new Error('away')
    return store
  }
  const engine = new LocalEngine({
    project: await findProject(dir, { env: {} }),
    env: {},
    logger: silentLogger,
    openStore,
  })
  close = () => engine.close()
  await expect(engine.startRunLoop()).rejects.toThrow('away')
  // What needs no store goes on.
  expect((await engine.reload()).connections.map(({ name }) => name)).toContain('first')
  isAway = false
  await engine.startRunLoop()
  expect(await engine.publish()).toBe(store)
})
