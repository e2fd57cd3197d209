import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { execute, main } from './support.js'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-init-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const dbt = (args: readonly string[], input = '', cwd = dir) =>
  execute(process.execPath, [main, 'dbt', ...args], { cwd, input, env: { HOME: dir } })
const profiles = async () => parse(await readFile(join(dir, '.dbt/profiles.yml'), 'utf8'))

describe('dbt init', () => {
  it('asks for name and database, and what it made builds', async () => {
    const made = await dbt(['init'], ['no name', 'shop', '1', '', '', 'many', '2'].join('\n'))
    expect(made.stdout).toContain('no name is not a valid project name.')
    expect(made.stdout).toContain("Error: 'many' is not a valid integer.")
    expect(made.stdout).toContain('Your new dbt project "shop" was created!')
    expect(made.code).toBe(0)
    const dev = { type: 'duckdb', path: 'shop.duckdb', schema: 'main', threads: 2 }
    expect(await profiles()).toEqual({ shop: { target: 'dev', outputs: { dev } } })
    // From a folder inside, as dbt does.
    const built = await dbt(['build'], '', join(dir, 'shop/models'))
    expect(built.stdout).toContain('PASS=7 WARN=0 ERROR=0')
  })

  it('asks nothing where nothing is to be asked, and takes no name that is taken', async () => {
    expect((await dbt(['init', 'shop', '--skip-profile-setup'])).code).toBe(0)
    expect(await readFile(join(dir, 'shop/dbt_project.yml'), 'utf8')).toContain("profile: 'shop'")
    expect((await dbt(['init', 'shop'])).stdout).toContain('A project called shop already exists here.')
    const unknown = await dbt(['init', 'other', '--profile', 'nowhere'])
    expect(unknown.stdout).toContain("Could not find profile named 'nowhere'")
    expect([unknown.code, existsSync(join(dir, 'other'))]).toEqual([2, false])
  })

  it('says so when nobody answers', async () => {
    const { code, stderr } = await dbt(['init', 'shop'])
    expect(stderr).toContain('the input has ended')
    expect(code).toBe(2)
  })

  it('makes the profile of a project by its own template, beside those that are there', async () => {
    await mkdir(join(dir, '.dbt'))
    await writeFile(join(dir, '.dbt/profiles.yml'), '# mine\nother: {target: x, outputs: {x: {type: duckdb}}}\n')
    await writeFile(join(dir, 'dbt_project.yml'), 'name: shop\nprofile: shop\n')
    await writeFile(
      join(dir, 'profile_template.yml'),
      `fixed: {type: duckdb, target: mine}
prompts:
  threads: {type: int, default: 3}
  _choose_place:
    file: {path: {hint: where}}
    memory: {_fixed_path: ':memory:'}
`,
    )
    const made = await dbt(['init', '--skip-debug'], '\n2\n')
    expect(made.stdout).toContain("using project's profile_template.yml")
    const mine = { type: 'duckdb', threads: 3, path: ':memory:' }
    expect((await profiles()).shop).toEqual({ target: 'mine', outputs: { mine } })
    expect(await readFile(join(dir, '.dbt/profiles.yml'), 'utf8')).toContain('# mine\nother:')
    expect((await dbt(['init', '--skip-debug'], 'n\n')).stdout).toContain('Continue and overwrite it? [y/N]')
  })
})
