import { spawn } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openSnowflake, type SnowflakeLogin } from '../../src/warehouse/index.js'
import { eventually } from '../support/millrace.js'

const servers: { close(): void }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** An account whose role may see nothing; `isSilent`: one that never answers. @param thinksMs how long a statement takes it */
async function account({ isSilent = false, thinksMs = 0 } = {}) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] as string
    asked.push(path)
    request.resume().on('end', () => {
      if (isSilent) return
      if (path === '/session/v1/login-request')
        return send(response, {
          success: true,
          data: { token: 't', masterToken: 'm', parameters: [], sessionInfo: {} },
        })
      if (path === '/queries/v1/query-request') return void setTimeout(() => send(response, refused), thinksMs)
      send(response, { success: true, data: null })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push({
    close() {
      server.closeAllConnections()
      server.close()
    },
  })
  const login: SnowflakeLogin = { kind: 'password', password: 'p' }
  return {
    logins: () => asked.filter((path) => path === '/session/v1/login-request').length,
    asked,
    options: {
      ...{ account: 'a', user: 'u', database: 'D', host: '127.0.0.1', port: (server.address() as AddressInfo).port },
      ...{ protocol: 'http' as const, login, retries: 0 },
    },
  }
}

const refused = {
  success: false,
  code: '003001',
  message: 'Insufficient privileges to operate on schema',
  data: { errorCode: '003001', sqlState: '42501' },
}

function send(response: ServerResponse, answer: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer))
}

describe('sessions of a Snowflake account', () => {
  it('one that was refused something goes on answering others', async () => {
    const { options, logins } = await account()
    const warehouse = await openSnowflake({ ...options, isOneSession: true })
    const asking = () =>
      Promise.allSettled([warehouse.columns({ schema: 'S', identifier: 'A' }), warehouse.listSchemas()])
    for (const answers of [await asking(), await asking()])
      for (const one of answers) expect(one).toMatchObject({ reason: { code: 'WAREHOUSE_SQL' } })
    // Who reads a table takes the same one.
    const connection = await warehouse.connect()
    await expect(connection.query('select 1')).rejects.toMatchObject({ code: 'WAREHOUSE_SQL' })
    await warehouse.close()
    expect(logins()).toBe(1)
  })

  it.each<SnowflakeLogin>([
    { kind: 'password', password: 'p' },
    { kind: 'oauth', token: 'r', clientId: 'c', clientSecret: 's' },
  ])('nobody waits for a login ($kind) that was cancelled', async (login) => {
    const { options, asked } = await account({ isSilent: true })
    const cancelling = new AbortController()
    const opening = openSnowflake({ ...options, login }, { signal: cancelling.signal })
    await expect.poll(() => asked.length).toBe(1)
    cancelling.abort()
    await expect(opening).rejects.toMatchObject({ code: 'ABORTED' })
  })

  it('a statement may take longer than a login', async () => {
    const { options, asked } = await account({ thinksMs: 1_100 })
    const warehouse = await openSnowflake({ ...options, connectTimeoutMs: 1_000 })
    await expect(warehouse.listSchemas()).rejects.toMatchObject({ code: 'WAREHOUSE_SQL' })
    await warehouse.close()
    expect(asked.filter((path) => path === '/queries/v1/query-request')).toHaveLength(1)
  })

  it.each<SnowflakeLogin>([
    { kind: 'password', password: 'p' },
    { kind: 'oauth', token: 'r', clientId: 'c', clientSecret: 's' },
  ])('an account that does not answer a login ($kind) has its time', async (login) => {
    const { options } = await account({ isSilent: true })
    await expect(openSnowflake({ ...options, login, connectTimeoutMs: 50 })).rejects.toMatchObject({
      code: 'WAREHOUSE_UNREACHABLE',
    })
  })

  it('an account that does not answer keeps no process from ending', async () => {
    const { options } = await account({ isSilent: true })
    const warehouse = new URL('../../dist/warehouse/index.js', import.meta.url).href
    const code = `import { openSnowflake } from ${JSON.stringify(warehouse)}
      openSnowflake(${JSON.stringify({ ...options, connectTimeoutMs: 500, retries: 3 })}).catch(({ code }) => console.log(code))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    let ended: number | null | undefined
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.once('close', (code) => {
      ended = code
    })
    try {
      // The driver itself asks again after 90 s.
      await eventually('the process ends', () => ended !== undefined, { withinMs: 60_000 })
    } finally {
      child.kill('SIGKILL')
    }
    expect([ended, output]).toEqual([0, 'WAREHOUSE_UNREACHABLE\n'])
  }, 70_000)
})
