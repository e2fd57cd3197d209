import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, removeProject, startUp, temporaryProject } from '../support/millrace.js'

let dir: string
beforeAll(async () => {
  dir = await temporaryProject({})
})
afterAll(() => removeProject(dir))

const address = (output: string) => /Clients of Airbyte find it at (http:\/\/localhost:\d+)/.exec(output)?.[1]
const health = (url: string) => fetch(`${url}/api/public/v1/health`).then(({ status }) => status)

it('`up` on any port offers Airbyte’s API on any other, and says where', async () => {
  const up = await startUp(dir)
  try {
    const url = await eventually('the address', () => address(up.output()))
    expect(url).not.toBe(up.url.replace('127.0.0.1', 'localhost'))
    expect(await health(url)).toBe(200)
    const page = await fetch(url, { redirect: 'manual' })
    expect(page.headers.get('location')).toBe(`${up.url.replace('127.0.0.1', 'localhost')}/connections`)
    // A server that is started again is found where it was.
    const serverOf = async () => {
      const { processes } = await up.get<{ processes: readonly { kind: string; name: string }[] }>('/deployment')
      return processes.filter(({ kind }) => kind === 'server').map(({ name }) => name)
    }
    const before = await serverOf()
    const pid = Number(/:(\d+)$/.exec(before[0] ?? '')?.[1])
    expect([before.length, pid > 0]).toEqual([1, true])
    process.kill(pid, 'SIGKILL')
    await eventually('the server is back', () =>
      serverOf().then(
        (names) => names.some((name) => !before.includes(name)),
        () => false,
      ),
    )
    expect(await health(url)).toBe(200)
  } finally {
    await up.stop()
  }
})

it('a port that is taken is told in one line, and keeps nothing else from starting', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  try {
    const up = await startUp(dir, { args: ['--airbyte-port', String(port)] })
    expect(up.output()).toContain(`Port ${port} is in use: Airbyte's API is not offered.`)
    expect(address(up.output())).toBeUndefined()
    await up.stop()
  } finally {
    await new Promise((resolve) => other.close(resolve))
  }
})

it('0 turns it off', async () => {
  const up = await startUp(dir, { args: ['--airbyte-port', '0'] })
  expect(up.output()).not.toContain('Airbyte')
  await up.stop()
})
