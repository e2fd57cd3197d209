import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ManifestNode } from '../contract.js'

const known = new Set<string>()

/** Where a node's SQL stands below target/compiled and target/run. */
export function nodeFile(node: ManifestNode): string {
  const { package_name, original_file_path, path, test_metadata } = node
  if (node.resource_type === 'operation') return join(package_name, 'hooks', `${node.name}.sql`)
  // One file may hold several snapshots, or declare several tests.
  const hasFolder = test_metadata !== undefined || node.resource_type === 'snapshot'
  return hasFolder ? join(package_name, original_file_path, path) : join(package_name, original_file_path)
}

/** Writes SQL for the user to look at. */
export async function writeNodeFile(targetDir: string, kind: 'compiled' | 'run', node: ManifestNode, text: string) {
  const file = join(targetDir, kind, nodeFile(node))
  const folder = dirname(file)
  if (!known.has(folder)) {
    await mkdir(folder, { recursive: true })
    known.add(folder)
  }
  try {
    await writeFile(file, text)
  } catch (error) {
    // Somebody cleaned the target folder meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await mkdir(folder, { recursive: true })
    await writeFile(file, text)
  }
}
