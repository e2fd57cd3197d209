import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrations } from '../../src/metastore/migrations/all.js'
import { root } from './markdown.js'

export interface NextVersion {
  /** The program, as `millrace` is started from. */
  readonly main: string
  readonly version: string
  /** The migration that it has beyond ours. */
  readonly migration: string
  remove(): Promise<void>
}

/** The built program once more as a version that is yet to come: it has one more migration, as `migrations/all.ts` asks for, which expands. */
export async function nextVersion(): Promise<NextVersion> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-next-'))
  await cp(join(root, 'dist'), join(dir, 'dist'), {
    recursive: true,
    filter: (path) => !/\.map$|\.d\.ts$|\.cache$|dist\/ui$/.test(path),
  })
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  const version = '999.0.0'
  const described = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as object
  await writeFile(join(dir, 'package.json'), JSON.stringify({ ...described, version }))
  const program = join(dir, 'dist/cli/program.cjs')
  const migration = '999_next'
  const added = `{ name: ${JSON.stringify(migration)}, sql: "alter table runs add column next_word text not null default 'next'" }`
  const text = await readFile(program, 'latin1')
  const name = migrations.at(-1)?.name
  const end = text.indexOf('\n    ];', text.indexOf(`name: "${name}"`))
  await writeFile(program, `${text.slice(0, end)}, ${added}${text.slice(end)}`, 'latin1')
  return { main: join(dir, 'dist/cli/main.js'), version, migration, remove: () => rm(dir, { recursive: true }) }
}
