import { hostname } from 'node:os'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { partsEnv, partsProject } from '../platform/parts-project.js'
import { type Command, eventually, millrace, removeProject } from '../support/millrace.js'
import { type StartedServer, startPostgres } from '../support/postgres-server.js'

let server: StartedServer
let env: Readonly<Record<string, string>>
/** Each as in a container of its own: nothing is shared but the store. */
const dirs: string[] = []
const parts: Command[] = []

beforeAll(async () => {
  server = await startPostgres()
  env = await partsEnv(server)
  for (const args of [['engine', '--no-runs'], ['daemon'], ['worker']]) {
    const dir = await partsProject('')
    dirs.push(dir)
    parts.push(millrace(dir, args, env))
  }
})
afterAll(async () => {
  for (const { process, ended } of parts) {
    process.kill('SIGTERM')
    await ended
  }
  await server?.stop()
  for (const dir of dirs) await removeProject(dir)
})

const check = async (kind: string, other: Readonly<Record<string, string>> = {}) => {
  const command = millrace(dirs[0] ?? '', ['liveness-check', kind, '--json'], { ...env, ...other })
  const { code } = await command.ended
  return { code, ...(JSON.parse(command.output()) as { status: string; host: string }) }
}

it('tells of the processes of this host, and of none that is not there', { timeout: 120_000 }, async () => {
  for (const kind of ['engine', 'daemon', 'worker'])
    await eventually(`${kind} is there`, async () => (await check(kind)).code === 0, { withinMs: 60_000 })
  expect(await check('worker')).toEqual({ code: 0, kind: 'worker', host: hostname(), status: 'alive' })
  expect(await check('server')).toEqual({ code: 1, kind: 'server', host: hostname(), status: 'lost' })
})

it('a killed process is lost', { timeout: 60_000 }, async () => {
  const worker = parts[2]
  worker?.process.kill('SIGKILL')
  await worker?.ended
  expect(await check('worker')).toMatchObject({ code: 1, status: 'lost' })
})

it('a store that is away is no reason to start anything again', { timeout: 60_000 }, async () => {
  const away = { DATABASE_URL: 'postgresql://nobody:nothing@127.0.0.1:1/none' }
  expect(await check('worker', away)).toMatchObject({ code: 0, status: 'unknown' })
})
