import type { DbtPackage } from '../../project/dbt-project.js'
import { modelFiles, seedFiles } from '../files/files.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'
import { yamlConfig } from './add-node.js'

/**
 * The entry that describes a model or seed: that of its own package or, as in dbt, that of another package which has no
 * such node in use. So the seed that takes the place of a package's disabled one gets its description and column types.
 */
export function entryOfNode(
  scope: ParseScope,
  type: 'model' | 'seed',
  name: string,
  own: DbtPackage,
): Property | undefined {
  const { properties, packages } = scope
  const its = properties.find(type, name, own)
  if (its) return its
  for (const other of packages) {
    if (other === own) continue
    const entry = properties.find(type, name, other)
    if (entry && !entry.hasVersions && !isInUse(scope, type, entry)) return entry
  }
  return undefined
}

/** Whether the entry's package has such a node, and no project disables it; what its own SQL says of that is not asked. */
function isInUse(scope: ParseScope, type: 'model' | 'seed', entry: Property): boolean {
  const { name, package: own } = entry
  const files = type === 'seed' ? seedFiles(own) : modelFiles(own)
  const file = files.find((one) => one.stem === name)
  if (!file) return false
  const fqn = [own.name, ...file.folders, name]
  return scope.configs.config({ type, fqn, own, yaml: [yamlConfig(scope, entry)], inline: [] }).enabled !== false
}
