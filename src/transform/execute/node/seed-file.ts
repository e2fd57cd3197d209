import { join } from 'node:path'
import { readText } from '../../../base/index.js'
import { engineOf } from '../../adapter/engines/index.js'
import { readSeed } from '../../adapter/seed-table.js'
import { AgateTable } from '../../adapter/table.js'
import type { ManifestNode } from '../../contract.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import type { ExecutionScope } from '../scope/execution-scope.js'
import type { RunnerOptions } from '../scope/runner-options.js'

/** Where a seed's file lies. */
export const seedPath = ({ root }: ParsedProject, node: ManifestNode): string =>
  join(node.root_path ?? root.dir, node.original_file_path)

/** A seed's rows as they stand in its file. */
export function loadSeed(
  { project, isEmpty }: ExecutionScope,
  node: ManifestNode,
  onLog: RunnerOptions['onLog'],
): AgateTable {
  const { column_types, delimiter } = node.config
  const seed = readSeed(
    readText(seedPath(project, node), node.original_file_path),
    node.original_file_path,
    typeof delimiter === 'string' ? delimiter : ',',
    (column_types ?? {}) as Record<string, unknown>,
    { nullIsText: engineOf(project.target.type).seedNullIsText },
  )
  for (const warning of seed.warnings) onLog?.('warn', warning)
  // An empty table has the types of the file, but must not be read from it.
  const loaded = isEmpty ? { ...seed, rows: [], isCopyable: false } : seed
  return Object.assign(new AgateTable(seed.names, loaded.rows), { seed: loaded })
}
