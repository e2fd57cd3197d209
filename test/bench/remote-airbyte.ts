import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLogger } from '../../src/base/index.js'
import { LocalEngine } from '../../src/platform/engine/local-engine.js'
import { findProject } from '../../src/platform/project/find-project.js'
import { AirbyteStandIn, secret } from '../support/airbyte-server.js'
import { removeProject, temporaryProject } from '../support/millrace.js'
import { type Figure, inSeconds } from './figure.js'

const [connectionCount, streamsOfEach] = [1_000, 10]
const rounds = 5

/** A server with ten thousand streams, read into the graph: from its first page to definitions, and once more from what is kept of it. */
export async function remoteAirbyteFigures(): Promise<readonly Figure[]> {
  const server = await AirbyteStandIn.start()
  for (let i = 0; i < connectionCount; i++)
    server.add({
      name: `Connection ${i}`,
      namespaceDefinition: 'source',
      streams: Array.from({ length: streamsOfEach }, (_, n) => ({ name: `table_${n}`, namespace: `schema_${i}` })),
    })
  const env = { AIRBYTE_SECRET: secret }
  const dir = await temporaryProject({
    'millrace.yaml': `name: bench\nairbyte:\n  prod: { url: '${server.url}', client_id: app, client_secret: '\${AIRBYTE_SECRET}' }\n`,
  })
  const read = async () => {
    const startedMs = performance.now()
    const engine = new LocalEngine({
      project: await findProject(dir, { env }),
      env,
      logger: silentLogger,
      openStore: () => Promise.reject(new Error('Nothing is published.')),
    })
    const { assets } = await engine.definitions()
    const tookMs = performance.now() - startedMs
    await engine.close()
    if (assets.length !== connectionCount * streamsOfEach) throw new Error(`There are ${assets.length} assets.`)
    return tookMs / 1_000
  }
  try {
    const [asked, kept]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      await rm(join(dir, '.millrace/airbyte-servers'), { recursive: true, force: true })
      asked.push(await read())
      kept.push(await read())
    }
    return [
      {
        what: 'A server of Airbyte with 10 000 streams, read into the graph',
        millrace: `${inSeconds(median(asked))} (from what is kept of it: ${inSeconds(median(kept))})`,
        comparedWith: 'aim: 2 s',
        ratio: '',
      },
    ]
  } finally {
    await server.stop()
    await removeProject(dir)
  }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number
