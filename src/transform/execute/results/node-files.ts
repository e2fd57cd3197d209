import { rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, parse, relative, sep } from 'node:path'
import { makeFolder } from '../../../base/index.js'
import type { ManifestNode } from '../../contract.js'
import { batchLabel } from '../../event-time/batches.js'
import type { ExecutionScope } from '../scope/execution-scope.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import { statementEvents } from './statement-events.js'

type Kind = 'compiled' | 'run'

/** The files of a node below target/, and of the ephemeral models in it. They are written while it runs. */
export class NodeFiles {
  readonly #scope: ExecutionScope
  readonly #run: RunnerOptions
  readonly #writes: Promise<void>[] = []

  constructor(scope: ExecutionScope, run: RunnerOptions) {
    this.#scope = scope
    this.#run = run
  }

  /** Begins to write SQL, and says in the node where. */
  write(kind: Kind, node: ManifestNode, text: string, batch?: RunnerOptions['batch']): void {
    const { targetDir, writesFiles, project } = this.#scope
    if (!writesFiles || node.resource_type === 'sql_operation') return
    if (kind === 'compiled') statementEvents(project, node, this.#run.slot)?.isWritten()
    const label = batch && batchLabel(batch, batch.size)
    node[kind === 'run' ? 'build_path' : 'compiled_path'] = shownNodeFile(
      project.root.dir,
      targetDir,
      kind,
      node,
      label,
    )
    this.#writes.push(
      writeNodeFile(targetDir, kind, node, text, label).catch((error: Error) =>
        // The file is only for people to read: a full disk there must not fail the node.
        this.#run.onLog?.('warn', `target/${kind} could not be written: ${error.message}`),
      ),
    )
  }

  /** Until all that was begun is there. */
  async written(): Promise<void> {
    await Promise.all(this.#writes)
  }
}

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
  kind: Kind,
  node: ManifestNode,
  batch?: string,
): string {
  const file = join(targetDir, kind, nodeFile(node, batch))
  const path = relative(rootDir, file)
  return path.startsWith('..') ? file : path.split(sep).join('/')
}

/** Writes SQL for the user to look at. What stands in its way is removed: everything below the target folder is ours. */
export async function writeNodeFile(targetDir: string, kind: Kind, node: ManifestNode, text: string, batch?: string) {
  const file = join(targetDir, kind, nodeFile(node, batch))
  const folder = dirname(file)
  try {
    if (!known.has(folder)) {
      makeFolder(folder)
      known.add(folder)
    }
    await writeFile(file, text)
  } catch {
    // Somebody cleaned the target folder meanwhile, or a file has the name of a folder.
    await clearWay(targetDir, file)
    makeFolder(folder)
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
