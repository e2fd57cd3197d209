import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  keepVariables,
  keptVariables,
  plainVariables,
  readEnvFile,
  variablesFile,
  wantedVariables,
} from './service-environment.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-env-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('the environment of what is installed', () => {
  it('has what the project names and what Millrace takes, and nothing else of the shell', async () => {
    await mkdir(join(dir, 'extract_load'))
    await mkdir(join(dir, 'node_modules'))
    await writeFile(join(dir, 'extract_load/a.yaml'), 'config: { token: "${API_TOKEN}", other: "${WITH_DEFAULT:-x}" }')
    await writeFile(join(dir, 'profiles.yml'), `password: "{{ env_var('DB_PASS') }}"`)
    await writeFile(join(dir, 'definitions.ts'), "process.env.FROM_CODE; process.env['QUOTED']")
    await writeFile(join(dir, 'node_modules/x.yaml'), '${NOT_OURS}')
    const named = { API_TOKEN: '1', WITH_DEFAULT: '2', DB_PASS: '3', FROM_CODE: '4', QUOTED: '5', HTTPS_PROXY: '6' }
    const others = {
      NOT_OURS: 'x',
      MILLRACE_PASSWORD: 'x',
      MILLRACE_ADMIN_PASSWORD: 'x',
      SSH_AUTH_SOCK: 'x',
      PATH: '/bin',
    }
    expect(await wantedVariables({ ...named, ...others }, dir)).toEqual(named)
    expect(plainVariables({ ...named, ...others }, { dir, stateDir: join(dir, '.millrace') })).toEqual({ PATH: '/bin' })
    expect(plainVariables({ ...named }, { dir, stateDir: '/srv/state' })).toEqual({ MILLRACE_STATE_DIR: '/srv/state' })
  })

  it('is kept for this user alone, with quotes, dollars and line breaks as they are', async () => {
    const variables = {
      PLAIN: 'x',
      QUOTES: `it's`,
      BOTH: `it's "so"`,
      SPECIAL: '$HOME \\n # no comment',
      LINES: '-----BEGIN\nabc\n-----END',
      BLANKS: '  x  ',
    }
    expect(await keepVariables(dir, variables)).toEqual([])
    expect(await keptVariables(dir)).toEqual(variables)
    expect((await stat(variablesFile(dir))).mode & 0o777).toBe(0o600)
    expect(await keepVariables(dir, { ALL: '\'"`' })).toEqual(['ALL'])
    expect(await readFile(variablesFile(dir), 'utf8')).not.toContain('ALL')
  })

  it('takes no file that others may read', async () => {
    const path = join(dir, 'shop.env')
    await expect(readEnvFile(path)).rejects.toMatchObject({ code: 'LOCAL_ENV_FILE' })
    await writeFile(path, 'A=1\n', { mode: 0o644 })
    await chmod(path, 0o644)
    await expect(readEnvFile(path)).rejects.toMatchObject({ hint: expect.stringContaining('chmod 600') })
    await chmod(path, 0o600)
    expect(await readEnvFile(path)).toEqual({ A: '1' })
  })
})
