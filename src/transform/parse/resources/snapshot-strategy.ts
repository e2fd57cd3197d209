import { didYouMean } from '../../../base/index.js'
import type { ManifestNode } from '../../contract.js'
import { type ConfigSources, placeOfConfig } from '../nodes/config-place.js'
import type { ParseScope } from '../scope/parse-scope.js'

/** Warns of a snapshot whose strategy does not exist. It is no error: the snapshot fails when it is taken, and nothing else does. */
export function warnOfSnapshotStrategy(scope: ParseScope, node: ManifestNode, sources: ConfigSources): void {
  const { registry, invocation, diagnostics, configs } = scope
  const { strategy } = node.config
  if (typeof strategy !== 'string') return
  const materializations = ['default', invocation.target.type].map((type) => `materialization_snapshot_${type}`)
  // Who takes snapshots in a way of their own may have other strategies.
  if (['strategy_dispatch', ...materializations].some((name) => registry.isReplaced(name, []))) return
  const macro = `snapshot_${strategy.slice(strategy.indexOf('.') + 1)}_strategy`
  if (registry.findAnywhere(macro)) return
  diagnostics.warn({
    code: 'TRANSFORM_MACRO_NOT_FOUND',
    message: `There is no snapshot strategy '${strategy}', which ${node.name} asks for.`,
    hint: didYouMean(strategy, ['timestamp', 'check']) ?? `Use timestamp or check, or write a macro ${macro}.`,
    at: placeOfConfig(configs, ['strategy'], sources) ?? { file: node.original_file_path },
  })
}
