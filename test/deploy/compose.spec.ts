import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createProgram } from '../../src/cli/program.js'
import { root } from '../support/markdown.js'
import { composeProblems } from './schemas.js'

interface Service {
  readonly image?: string
  readonly command?: readonly string[]
  readonly user?: string
  readonly read_only?: boolean
  readonly privileged?: boolean
  readonly restart?: string
  readonly cap_drop?: readonly string[]
  readonly cap_add?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly deploy?: { readonly resources: { readonly limits: { readonly cpus?: string; readonly memory?: string } } }
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes?: object
}

const read = (name: string) =>
  parse(readFileSync(join(root, 'deploy/compose', name), 'utf8'), { merge: true }) as Compose
const compose = read('compose.yaml')
const services = Object.entries(compose.services)

/** As Compose puts variables in: `${NAME:-default}`; `${NAME:?why}` must be set. */
const resolved = (text: string, env: Readonly<Record<string, string>> = {}) =>
  text.replace(
    /\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g,
    (_, name: string, fallback?: string) => env[name] ?? fallback ?? '',
  )

/** What the service lacks of what we want of each. */
function problemsOf({ image = '', user = '', environment = {}, ...service }: Service): string[] {
  const limits = service.deploy?.resources.limits
  const wrong: readonly (readonly [boolean, string])[] = [
    [!/:[\w.-]+$/.test(resolved(image)) || resolved(image).endsWith(':latest'), 'has an image without a version'],
    [!/^[1-9]\d*:[1-9]\d*$/.test(resolved(user)), 'runs as root'],
    [service.read_only !== true, 'may write its root'],
    [service.privileged === true || service.cap_add !== undefined || !service.cap_drop?.includes('ALL'), 'has rights'],
    [!service.security_opt?.includes('no-new-privileges:true'), 'may gain rights'],
    [service.restart !== 'unless-stopped', 'is not started again'],
    [!service.healthcheck, 'has no health check'],
    [!limits?.cpus || !limits.memory, 'has no limits'],
    [
      Object.entries(environment).some(
        ([name, value]) => /PASSWORD|URL/.test(name) && !/\$\{\w*PASSWORD:\?/.test(value),
      ),
      'has a secret in clear',
    ],
  ]
  return wrong.flatMap(([isWrong, words]) => (isWrong ? [words] : []))
}

describe('compose.yaml', () => {
  it.each(['compose.yaml', 'compose.dev.yaml'])('%s is what the specification allows', (name) => {
    expect(composeProblems(read(name))).toBe('')
  })

  it('starts what people know, and more workers only where they are asked for', () => {
    expect(services.filter(([, service]) => !('profiles' in service)).map(([name]) => name)).toEqual([
      'webserver',
      'daemon',
      'worker',
      'postgres',
    ])
    expect(compose.services.webserver?.ports?.map((port) => resolved(port))).toEqual([
      '127.0.0.1:3000:3000',
      '127.0.0.1:8000:8000',
    ])
  })

  it.each(services)('%s holds to the policy', (_, service) => {
    expect(problemsOf(service)).toEqual([])
  })

  it.each(services.filter(([name]) => name !== 'postgres'))('%s starts a command that there is', (_, service) => {
    const [name = '', ...flags] = service.command ?? []
    const command = createProgram({ version: '0.0.0' }).commands.find((one) => one.name() === name)
    const known = command?.options.map(({ long }) => long)
    for (const flag of flags.filter((one) => one.startsWith('--'))) expect(known).toContain(flag)
    expect(command).toBeDefined()
    expect(service.depends_on?.postgres?.condition).toBe('service_healthy')
  })

  it('webserver, daemon and engine meet in one state volume, which further workers do not see', () => {
    const mounts = Object.fromEntries(services.map(([name, { volumes = [] }]) => [name, volumes]))
    for (const name of ['webserver', 'daemon', 'worker']) expect(mounts[name]).toEqual(['state:/state'])
    expect(mounts['more-workers']).toEqual([])
    expect(Object.keys(compose.volumes ?? {})).toEqual(['state', 'postgres'])
  })

  it.each([
    ['http', 200, 0],
    ['http', 503, 1],
    ['https', 200, 0],
    ['https', 503, 1],
  ])('the check of a webserver that speaks %s and answers %d ends with %d', async (protocol, status, expected) => {
    const answer: RequestListener = ({ url }, response) => {
      response.writeHead(url === '/readyz' ? status : 404).end()
    }
    const given = (end: string) => readFileSync(join(root, `test/support/tls/first.${end}`))
    const server =
      protocol === 'http' ? createServer(answer) : createSecureServer({ cert: given('pem'), key: given('key') }, answer)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const [, , ...args] = compose.services.webserver?.healthcheck?.test ?? []
    const check = execFile(
      process.execPath,
      args.map((arg) => arg.replace('port: 3000', `port: ${port}`)),
    )
    const [code] = await once(check, 'exit')
    server.close()
    expect(code).toBe(expected)
  })

  it('.env.example names what must be set', () => {
    const text = readFileSync(join(root, 'deploy/compose/compose.yaml'), 'utf8')
    const needed = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name))
    const example = readFileSync(join(root, 'deploy/compose/.env.example'), 'utf8')
    expect([...example.matchAll(/^(\w+)=$/gm)].map(([, name]) => name).sort()).toEqual([...needed].sort())
    const optional = new Set([...text.matchAll(/\$\{(\w+):-/g)].map(([, name = '']) => name))
    const told = [...example.matchAll(/^# (\w+)=/gm)].map(([, name]) => name)
    expect([...optional].filter((name) => name !== 'POSTGRES_IMAGE' && !told.includes(name))).toEqual([])
  })

  it.each([
    [{ read_only: false }, 'may write its root'],
    [{ user: '0:0' }, 'runs as root'],
    [{ image: 'millrace' }, 'has an image without a version'],
    [{ image: 'millrace:latest' }, 'has an image without a version'],
    [{ environment: { DATABASE_URL: 'postgresql://millrace:secret@postgres/x' } }, 'has a secret in clear'],
  ])('a service with %j is found', (change, problem) => {
    expect(problemsOf({ ...compose.services.worker, ...change })).toEqual([problem])
  })

  it('what the specification does not know is found', () => {
    const worker = { ...compose.services.worker, healthchek: {} }
    expect(composeProblems({ services: { worker } })).toContain('must NOT have additional properties')
  })
})
