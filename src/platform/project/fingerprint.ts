import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const ignored = new Set(['node_modules', '.git', '.millrace', 'target', 'logs', 'dbt_packages', 'reports', 'data'])

/**
 * Names, sizes and modification times of the files that define a project, as one string: when it changed, the
 * project has to be read again. Data and build output do not count.
 */
export async function fingerprint(paths: readonly string[]): Promise<string> {
  const lines: string[] = []
  const visit = async (path: string): Promise<void> => {
    const info = await stat(path).catch(() => undefined)
    if (!info) return
    if (!info.isDirectory()) {
      lines.push(`${path}:${info.size}:${info.mtimeMs}`)
      return
    }
    const names = await readdir(path).catch(() => [])
    await Promise.all(names.filter((name) => !ignored.has(name)).map((name) => visit(join(path, name))))
  }
  await Promise.all(paths.map(visit))
  return lines.sort().join('\n')
}
