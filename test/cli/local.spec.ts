import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../support/free-port.js'
import { eventually, removeProject, temporaryProject } from '../support/millrace.js'
import { execute, main, millraceIn, temporaryFolder } from './support.js'

const someUrl = (text: string) => /http:\/\/localhost:\d+/.exec(text)?.[0] ?? ''

let dir: string
let home: Awaited<ReturnType<typeof temporaryFolder>>
let isInstalled = false
let millrace: ReturnType<typeof millraceIn>
const told = async <T>(...args: string[]) => JSON.parse((await millrace('local', ...args, '--json')).stdout) as T

beforeAll(async () => {
  home = await temporaryFolder()
  dir = await temporaryProject({ 'millrace.yaml': 'name: shop\n' })
  millrace = millraceIn(dir, { HOME: home.dir, SHOP_TOKEN: 'a secret of the shop', MILLRACE_PASSWORD: undefined })
})
afterAll(async () => {
  if (isInstalled) await millrace('local', 'uninstall')
  await removeProject(dir)
  await home.remove()
})

const install = (...args: string[]) =>
  millrace('local', 'install', '--manager', 'detached', '--no-run', '--no-browser', ...args)
const state = (...path: string[]) => join(dir, '.millrace', ...path)

interface Status {
  readonly pid: number
  readonly isRunning: boolean
}

describe('millrace local', { timeout: 120_000 }, () => {
  it('says that nothing is installed', async () => {
    const { code, stdout } = await millrace('local', 'status')
    expect([code, stdout]).toEqual([1, expect.stringContaining('shop is not installed.')])
  })

  it('changes nothing where a port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    try {
      const { code, stderr } = await install('--port', String(port), '--airbyte-port', '0')
      expect(code).toBe(2)
      expect(stderr).toContain(`Port ${port}, for the page, is in use by another program.`)
      expect(stderr).toContain(`--port ${port + 1}`)
      expect(await readdir(state()).catch(() => [])).toEqual([])
    } finally {
      other.close()
    }
  })

  it('takes back what does not come up, and shows its last words', async () => {
    await writeFile(join(dir, 'millrace.yaml'), 'name: shop\nserver: { allowed_hosts: [shop.example] }\n')
    const { code, stderr } = await install('--port', String(await freePort()), '--airbyte-port', '0', '--disable-auth')
    await writeFile(join(dir, 'millrace.yaml'), 'name: shop\n# ${SHOP_TOKEN}\n')
    expect(code).toBe(2)
    expect(stderr).toContain('LOCAL_NOT_STARTED')
    expect(stderr).toContain('Others would reach this server')
    expect((await readdir(state('local'))).sort()).toEqual(['credentials.json', 'millrace.log'])
    expect(await readFile(state('local', 'credentials.json'), 'utf8')).not.toContain('mr_')
  })

  it('installs, tells, lets in, starts again and takes away', async () => {
    isInstalled = true
    const [port, airbytePort] = [await freePort(), await freePort()]
    const made = await install('--port', String(port), '--airbyte-port', String(airbytePort))
    expect(made.code, made.stderr).toBe(0)
    expect(someUrl(made.stdout)).toBe(`http://localhost:${port}`)
    expect(made.stdout).toContain('Log in as')
    const before = await told<Status>('status')
    expect(before).toMatchObject({ isInstalled: true, isRunning: true, isAnswering: true, manager: 'detached' })

    const known = await told<Record<string, string>>('credentials')
    expect(await login(port, known)).toBe(200)
    const token = await fetch(`http://127.0.0.1:${airbytePort}/api/public/v1/applications/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: known.clientId, client_secret: known.clientSecret }),
    })
    expect(token.status).toBe(200)
    await expectSecretsApart(before.pid, [known.password, known.clientSecret, 'a secret of the shop'])

    const typed = { cwd: dir, env: { HOME: home.dir }, input: 'three blind white mice\n' }
    const args = ['local', 'credentials', '--email', 'ada@example.com', '--password', '--json']
    const changed = JSON.parse((await execute(process.execPath, [main, ...args], typed)).stdout) as typeof known
    expect(changed).toMatchObject({ user: 'ada@example.com', password: 'three blind white mice' })
    expect([await login(port, known), await login(port, changed)]).toEqual([401, 200])
    expect((await millrace('local', 'credentials', '--password', 'on the line')).stderr).toContain('takes no value')

    const parts = await told<readonly { name: string; pid: number; state: string }[]>('deployments')
    expect(parts.map(({ name, state }) => [name, state])).toEqual([
      ['supervisor', 'running'],
      ['server', 'running'],
      ['engine', 'running'],
      ['store', 'running'],
    ])
    const engine = await told<{ pid: number }>('deployments', '--restart', 'engine')
    expect(engine.pid).not.toBe(parts[2]?.pid)

    process.kill(before.pid, 'SIGKILL')
    const killed = await eventually('it is seen', async () => {
      const one = await millrace('local', 'status')
      return one.code === 1 && one
    })
    expect(killed.stdout).toContain(`process ${before.pid} is gone`)
    expect(killed.stdout).toContain('millrace local install')

    expect((await install()).stdout).toContain(`Millrace was started again: http://localhost:${port}`)

    const gone = await millrace('local', 'uninstall')
    expect(gone.stdout).toContain('shop is no longer installed')
    expect((await readdir(state('local'))).sort()).toEqual(['credentials.json', 'millrace.log'])
    expect(await readdir(state())).toContain('postgres')
    expect((await millrace('local', 'uninstall', '--persisted')).stderr).toContain('nobody can be asked')
    expect((await millrace('local', 'uninstall', '--persisted', '--yes')).code).toBe(0)
    expect((await readdir(dir)).sort()).toEqual(['millrace.yaml', 'node_modules'])
    isInstalled = false
  })
})

const login = async (port: number, { user, password }: Record<string, string>) => {
  const body = JSON.stringify({ name: user, password })
  return (await fetch(`http://127.0.0.1:${port}/api/login`, { method: 'POST', body })).status
}

/** Secrets stand in files that only this user reads, and not in the list of processes or the log. */
async function expectSecretsApart(pid: number, secrets: readonly (string | undefined)[]): Promise<void> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const shown = line + (await readFile(state('local', 'millrace.log'), 'utf8'))
  for (const secret of secrets) expect(shown).not.toContain(secret ?? 'none')
  for (const name of ['credentials.json', 'environment', 'installation.json'])
    expect((await stat(state('local', name))).mode & 0o077, name).toBe(0)
  expect(await readFile(state('local', 'environment'), 'utf8')).toContain("SHOP_TOKEN='a secret of the shop'")
}
