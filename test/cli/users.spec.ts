import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, millrace, removeProject, temporaryProject } from '../support/millrace.js'

const password = 'a long enough password'
let dir: string
beforeAll(async () => {
  dir = await temporaryProject({})
})
afterAll(() => removeProject(dir))

const run = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const command = millrace(dir, args, env)
  const { code } = await command.ended
  return { code, output: command.output() }
}

describe('a server that others would reach', { timeout: 120_000 }, () => {
  it('does not start without a user, and says how to make one', async () => {
    const { code, output } = await run(['up', '--no-run', '--host', '0.0.0.0', '--port', '0'])
    expect(code).toBe(2)
    expect(output).toContain('SERVER_NO_USERS')
    expect(output).toContain('millrace user create <name> --role admin')
  })

  it('starts with the admin of the environment, who may log in, once', async () => {
    const start = async (given: string) => {
      const up = millrace(dir, ['up', '--no-run', '--host', '0.0.0.0', '--port', '0'], {
        MILLRACE_ADMIN_PASSWORD: given,
      })
      const port = await eventually('it serves', () => /localhost:(\d+)/.exec(up.output())?.[1])
      const login = async (password: string) => {
        const body = JSON.stringify({ name: 'admin', password })
        return (await fetch(`http://127.0.0.1:${port}/api/login`, { method: 'POST', body })).status
      }
      const stop = async () => {
        up.process.kill('SIGINT')
        await up.ended
        return up.output()
      }
      return { login, stop }
    }
    const first = await start(password)
    expect(await first.login(password)).toBe(200)
    expect(await first.stop()).not.toContain(password)
    const second = await start('another long password')
    expect([await second.login('another long password'), await second.login(password)]).toEqual([401, 200])
    await second.stop()
  })

  it('refuses a password that is too short before it serves', async () => {
    await run(['user', 'remove', 'admin'])
    const short = { MILLRACE_ADMIN_PASSWORD: 'short' }
    const { code, output } = await run(['up', '--no-run', '--host', '0.0.0.0', '--port', '0'], short)
    expect([code, output.includes('MILLRACE_ADMIN_PASSWORD needs 10 characters')]).toEqual([2, true])
  })
})

describe('users and tokens at the command line', { timeout: 120_000 }, () => {
  it('are made, listed, changed and removed; nothing shows a password', async () => {
    const env = { MILLRACE_PASSWORD: password }
    const all = [
      await run(['user', 'create', 'eve', '--role', 'viewer'], env),
      await run(['user', 'create', 'ada', '--role', 'admin'], env),
      await run(['user', 'create', 'bob', '--role', 'viewer'], env),
      await run(['user', 'set-role', 'bob', '--role', 'editor']),
      await run(['user', 'remove', 'ADA']),
      await run(['user', 'list', '--json']),
    ]
    expect(all.map(({ code }) => code)).toEqual([2, 0, 0, 0, 2, 0])
    expect(all[0]?.output).toContain('FIRST_USER_NO_ADMIN')
    expect(all[4]?.output).toContain('LAST_ADMIN')
    expect(JSON.parse(all[5]?.output ?? '')).toMatchObject([
      { name: 'ada', role: 'admin' },
      { name: 'bob', role: 'editor' },
    ])
    expect(JSON.stringify(all)).not.toContain(password)
  })

  it('a token is printed once, and revoked by its name', async () => {
    const made = await run(['token', 'create', 'ci', '--role', 'viewer', '--expires', '90d', '--json'])
    const { secret } = JSON.parse(made.output)
    expect(secret).toMatch(/^mr_[\w-]{43}$/)
    const listed = await run(['token', 'list'])
    expect(listed.output).toContain('ci')
    expect(listed.output).not.toContain(secret)
    expect((await run(['token', 'revoke', 'ci'])).code).toBe(0)
    expect((await run(['token', 'revoke', 'ci'])).output).toContain('TOKEN_NOT_FOUND')
  })

  it('without a terminal a password must be given', async () => {
    const { code, output } = await run(['user', 'set-password', 'ada'])
    expect([code, output.includes('--password-stdin')]).toEqual([2, true])
  })
})
