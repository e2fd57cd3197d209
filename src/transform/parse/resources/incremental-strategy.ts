import { engineOf } from '../../adapter/engines/index.js'
import { strategyProblem } from '../../adapter/incremental-strategy.js'
import type { ManifestNode } from '../../contract.js'
import { type ConfigSources, placeOfConfig } from '../nodes/config-place.js'
import type { ParseScope } from '../scope/parse-scope.js'

/**
 * Warns of an incremental model whose strategy does not exist. It is no error: on DuckDB the first build and every full refresh need none, and
 * only the build after them fails.
 */
export function warnOfIncrementalStrategy(scope: ParseScope, node: ManifestNode, sources: ConfigSources): void {
  const { materialized, incremental_strategy: strategy } = node.config
  if (materialized !== 'incremental' || typeof strategy !== 'string') return
  const { registry, invocation, diagnostics } = scope
  const engine = engineOf(invocation.target.type)
  // A materialization of the project's own may have strategies of its own.
  if (registry.isReplaced('materialization_incremental_default', [])) return
  if (registry.isReplaced(`materialization_incremental_${engine.type}`, [])) return
  const problem = strategyProblem(strategy, engine, (macro) => registry.findAnywhere(macro) !== undefined)
  if (!problem) return
  diagnostics.warn({
    code: 'TRANSFORM_UNSUPPORTED',
    message: `The model ${node.name} cannot be added to: its incremental strategy '${strategy}' is not there.`,
    hint: problem.hint,
    at: placeOfConfig(scope.configs, ['incremental_strategy'], sources) ?? { file: node.original_file_path },
  })
}
