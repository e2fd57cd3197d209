import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'

/**
 * What a project in `projectDir` writes into its package.json to get the very program that made it: the checkout, the
 * packed file that it was installed from, or else its version in the registry.
 */
export async function ownSource(projectDir: string, programDir: string, version: string): Promise<string> {
  const file = (path: string) => `file:${relative(projectDir, path).split(sep).join('/')}`
  if (!programDir.split(sep).includes('node_modules')) return file(programDir)
  const packed = await packedFile(programDir)
  return packed === undefined ? `^${version}` : file(packed)
}

/** The .tgz behind an installed package, where npm remembers one. */
async function packedFile(programDir: string): Promise<string | undefined> {
  const modules = dirname(resolve(programDir))
  const record = await readFile(join(modules, '.package-lock.json'), 'utf8').catch(() => '{}')
  const { packages } = JSON.parse(record) as { packages?: Record<string, { resolved?: string }> }
  const resolved = packages?.['node_modules/millrace']?.resolved
  if (!resolved?.startsWith('file:')) return undefined
  const path = resolve(dirname(modules), resolved.slice('file:'.length))
  return existsSync(path) ? path : undefined
}
