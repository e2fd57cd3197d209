import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.js'
import { unitText } from '../../src/platform/local/systemd.js'
import { root } from '../support/markdown.js'
import { systemdUnits } from '../support/systemd-units.js'

const folder = join(root, 'deploy/systemd')
const settingsOf = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .flatMap((line) => (/^(\w+)=(.*)$/.exec(line)?.slice(1) as [string, string] | undefined) ?? [])

it('the units are those of one list (npm run generate brings them up to date)', () => {
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)
  expect(new Map(files)).toEqual(systemdUnits())
})

it.each(readdirSync(folder))('%s starts a command that there is, as a user without rights', (name) => {
  const words = settingsOf(name)
  const settings = Object.fromEntries(
    words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? '']] : [])),
  )
  const [program = '', command, ...flags] = (settings.ExecStart ?? '').split(' ')
  expect(program).toMatch(/\/node_modules\/\.bin\/millrace$/)
  const known = createProgram({ version: '0.0.0' }).commands.find((one) => one.name() === command)
  for (const flag of flags) expect(known?.options.map(({ long }) => long)).toContain(flag)
  expect(settings).toMatchObject({
    User: 'millrace',
    Restart: 'always',
    // Else every process of it is ended at once, and nobody gives back what runs.
    KillMode: 'mixed',
    NoNewPrivileges: 'yes',
    CapabilityBoundingSet: '',
    ProtectSystem: 'strict',
    StateDirectory: 'millrace',
  })
  expect(settings.MemoryMax).toBeDefined()
  // Secrets stand in a file that only root reads.
  expect(settings.EnvironmentFile).toMatch(/^-?\/etc\/millrace\/environment$/)
  expect(settings.Environment).not.toMatch(/PASSWORD|DATABASE_URL/)
})

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0

it.skipIf(!hasAnalyze)('systemd takes the unit that `millrace local install` writes, and says nothing to it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-unit $x "y" %z-'))
  const verify = (text: string) => {
    const path = join(dir, 'millrace-shop-1a2b3c4d.service')
    // Of a file that anybody may write it complains, and where tests run no umask may keep them from it.
    writeFileSync(path, text, { mode: 0o644 })
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
    return { status, stderr }
  }
  try {
    const command = [process.execPath, `--env-file=${dir}/environment`, join(dir, 'main.js'), 'up']
    const env = { PATH: '/usr/bin', LINES: 'a\nb' }
    const text = unitText({ name: 'millrace-shop-1a2b3c4d', title: 'Millrace: shop', command, dir, env, folder: dir })
    expect(verify(text)).toEqual({ status: 0, stderr: '' })
    expect(verify(text.replace('Type=exec', 'Type=exex')).stderr).toContain('exex')
  } finally {
    rmSync(dir, { recursive: true })
  }
})
