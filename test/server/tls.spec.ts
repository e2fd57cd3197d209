import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openHttpServer } from '../../src/server/open-http-server.js'
import { eventually, millrace, removeProject, temporaryProject } from '../support/millrace.js'

const given = (name: string) => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url))

let dir: string
let open: Server[]
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-tls-'))
  open = []
})
afterEach(async () => {
  for (const server of open) await new Promise((resolve) => server.close(resolve))
  rmSync(dir, { recursive: true, force: true })
})

const tls = () => ({ certificate: join(dir, 'server.pem'), key: join(dir, 'server.key') })
const use = (name: string) => {
  copyFileSync(given(`${name}.key`), tls().key)
  copyFileSync(given(`${name}.pem`), tls().certificate)
}

/** Whose certificate answers, and what. */
const ask = (port: number, path = '/', headers: Record<string, string> = {}, body?: string) =>
  new Promise<{ readonly subject: string; readonly status: number | undefined; readonly cookie: string }>(
    (resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port,
          path,
          rejectUnauthorized: false,
          agent: false,
          method: body === undefined ? 'GET' : 'POST',
          headers,
        },
        (answer) => {
          const { subject } = (answer.socket as TLSSocket).getPeerCertificate()
          answer.resume().once('end', () => {
            resolve({
              subject: String(subject.CN),
              status: answer.statusCode,
              cookie: String(answer.headers['set-cookie'] ?? ''),
            })
          })
        },
      )
      sent.once('error', reject)
      sent.end(body)
    },
  )

it('a certificate that is renewed is taken without a restart; one that is none leaves the former one', async () => {
  use('first')
  const said: string[] = []
  const note = (message: string) => void said.push(message)
  const logger = { debug: note, info: note, warn: note, error: note }
  const server = openHttpServer(tls(), (_, response) => response.end('here'), logger as never, { lookEveryMs: 20 })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect(await ask(port)).toMatchObject({ subject: 'first', status: 200 })

  writeFileSync(tls().certificate, 'half a certifi')
  await eventually('it is told', () => said.some((line) => line.includes('former certificate is used on')))
  expect((await ask(port)).subject).toBe('first')

  use('second')
  await eventually('the new one', async () => (await ask(port)).subject === 'second')
  expect(said.at(-1)).toContain('was renewed')
})

it('what is no certificate with its key is an error that says which file', () => {
  const start = () => openHttpServer(tls(), () => {}, {} as never)
  expect(start).toThrow(
    expect.objectContaining({ code: 'SERVER_TLS', message: expect.stringContaining('`server.tls.certificate` names') }),
  )
  use('first')
  copyFileSync(given('second.key'), tls().key)
  expect(start).toThrow(
    expect.objectContaining({ code: 'SERVER_TLS', message: expect.stringContaining('key values mismatch') }),
  )
})

it('`up` speaks HTTPS on both ports, and its cookie is for HTTPS only', async () => {
  const files = Object.fromEntries(['first.pem', 'first.key'].map((name) => [name, given(name)]))
  const project = await temporaryProject({
    'millrace.yaml': 'name: test\nserver: { tls: { certificate: first.pem, key: first.key } }\n',
  })
  for (const [name, path] of Object.entries(files)) copyFileSync(path, join(project, name))
  const up = millrace(project, ['up', '--no-run', '--port', '0'], { MILLRACE_ADMIN_PASSWORD: 'a long password' })
  try {
    const port = await eventually('the page', () => /running: https:\/\/localhost:(\d+)/.exec(up.output())?.[1])
    const airbyte = await eventually('the address', () => /find it at https:\/\/localhost:(\d+)/.exec(up.output())?.[1])
    expect(await ask(Number(airbyte), '/api/public/v1/health')).toMatchObject({ subject: 'first', status: 200 })
    const login = JSON.stringify({ name: 'admin', password: 'a long password' })
    const answer = await ask(Number(port), '/api/login', { 'content-type': 'application/json' }, login)
    expect([answer.status, answer.cookie]).toEqual([200, expect.stringContaining('Secure')])
  } finally {
    up.process.kill('SIGINT')
    await up.ended
    await removeProject(project)
  }
})
