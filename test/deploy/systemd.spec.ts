import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.js'
import { root } from '../support/markdown.js'

const folder = join(root, 'deploy/systemd')
const settingsOf = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .flatMap((line) => (/^(\w+)=(.*)$/.exec(line)?.slice(1) as [string, string] | undefined) ?? [])

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
