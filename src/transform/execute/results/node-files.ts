import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, parse, relative, sep } from 'node:path'
import type { ManifestNode } from '../../contract.js'

const known = new Set<string>()

/** Where a node's SQL stands below target/compiled and target/run; that of each batch has a file of its own. */
function nodeFile(node: ManifestNode, batch?: string): string {
  const { package_name, original_file_path, path, test_metadata } = node
  if (batch !== undefined) {
    const { dir, name, ext } = parse(original_file_path)
    return join(package_name, dir, name, `${name}_${batch}${ext}`)
  }
  // Hooks of the project all come from one file.
  if (node.resource_type === 'operation') return join(package_name, original_file_path, 'hooks', `${node.name}.sql`)
  // One file may hold several snapshots, or declare several tests.
  if (node.resource_type === 'snapshot') return join(package_name, original_file_path, `${node.name}.sql`)
  return join(package_name, original_file_path, ...(test_metadata === undefined ? [] : [path]))
}

/** A node's file as the manifest names it: from the project's root when it lies below it. */
export function shownNodeFile(
  rootDir: string,
  targetDir: string,
  kind: 'compiled' | 'run',
  node: ManifestNode,
  batch?: string,
): string {
  const file = join(targetDir, kind, nodeFile(node, batch))
  const path = relative(rootDir, file)
  return path.startsWith('..') ? file : path.split(sep).join('/')
}

/** Writes SQL for the user to look at. What stands in its way is removed: everything below the target folder is ours. */
export async function writeNodeFile(
  targetDir: string,
  kind: 'compiled' | 'run',
  node: ManifestNode,
  text: string,
  batch?: string,
) {
  const file = join(targetDir, kind, nodeFile(node, batch))
  const folder = dirname(file)
  try {
    if (!known.has(folder)) {
      await mkdir(folder, { recursive: true })
      known.add(folder)
    }
    await writeFile(file, text)
  } catch {
    // Somebody cleaned the target folder meanwhile, or a file has the name of a folder.
    await clearWay(targetDir, file)
    await mkdir(folder, { recursive: true })
    await writeFile(file, text)
  }
}

/** Removes a file where a folder must be, and a folder where the file must be. */
async function clearWay(targetDir: string, file: string): Promise<void> {
  const parts = relative(targetDir, file).split(sep)
  for (let depth = 1; depth <= parts.length; depth++) {
    const path = join(targetDir, ...parts.slice(0, depth))
    const info = await stat(path).catch(() => undefined)
    if (info && info.isDirectory() === (depth === parts.length)) await rm(path, { recursive: true, force: true })
  }
}
