import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { platformErrors } from '../errors.js'

/** The example doubles as the template; what it keeps for itself when it runs does not go along. */
const templateDir = fileURLToPath(new URL('../../../examples/flights', import.meta.url))
const leftOut = new Set(['.millrace', 'node_modules', 'target', 'logs', 'reports', 'dbt_packages', '.user.yml'])

/**
 * Makes a project in `dir` and answers the files written, relative to it.
 * @throws PROJECT_EXISTS when a file would be overwritten and `force` is not set
 */
export async function initProject(dir: string, { force = false }: { force?: boolean } = {}): Promise<string[]> {
  const target = resolve(dir)
  const files = await listFiles(templateDir)
  if (!force) {
    for (const file of files) {
      const exists = await stat(join(target, file)).then(
        () => true,
        () => false,
      )
      if (exists)
        throw platformErrors.create('PROJECT_EXISTS', {
          message: `${join(target, file)} exists already; nothing was written.`,
          hint: 'Choose an empty folder, or overwrite with --force.',
        })
    }
  }
  for (const file of files) {
    await mkdir(join(target, file, '..'), { recursive: true })
    await cp(join(templateDir, file), join(target, file))
  }
  await nameProject(target)
  return files
}

async function listFiles(root: string, folder = root): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const nested = await Promise.all(
    entries
      .filter((entry) => !leftOut.has(entry.name))
      .map(async (entry) => {
        const path = join(folder, entry.name)
        return entry.isDirectory() ? listFiles(root, path) : [relative(root, path)]
      }),
  )
  return nested.flat().sort()
}

/** The project takes its folder's name, where that is a legal one. */
async function nameProject(target: string): Promise<void> {
  const name = basename(target)
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) return
  const file = join(target, 'millrace.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/^name:.*$/m, `name: ${name}`))
}
