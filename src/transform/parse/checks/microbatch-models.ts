import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { batchSizes } from '../../event-time/batches.js'
import { momentOf } from '../../event-time/event-window.js'
import type { ParseScope } from '../scope/parse-scope.js'

/** What a microbatch model must say to be run batch by batch; found while parsing, before anything runs. */
export function checkMicrobatchModels(scope: ParseScope): void {
  for (const { node, own } of scope.unresolved)
    if (node.config.materialized === 'incremental' && node.config.incremental_strategy === 'microbatch')
      scope.tracker.again(own, node.original_file_path, () => checkModel(scope, node))
}

function checkModel({ manifest, diagnostics }: ParseScope, node: ManifestNode): void {
  const problem = problemOf(node)
  if (problem !== undefined)
    diagnostics.error(
      transformErrors.create('TRANSFORM_YAML_INVALID', {
        message: `Microbatch model '${node.name}' must provide ${problem}`,
        at: { file: node.original_file_path },
        hint: "For example: config(materialized='incremental', incremental_strategy='microbatch', event_time='created_at', batch_size='day', begin='2024-01-01').",
      }),
    )
  else if (!hasTimedInput(node, manifest))
    diagnostics.warn({
      code: 'TRANSFORM_YAML_INVALID',
      message: `The microbatch model '${node.name}' reads all rows of its inputs in every batch: none of them has an \`event_time\`.`,
      event: { name: 'MicrobatchModelNoEventTimeInputs', data: { model_name: node.name } },
      at: { file: node.original_file_path },
    })
}

function problemOf({ config }: ManifestNode): string | undefined {
  const { event_time, begin, batch_size, lookback, concurrent_batches } = config
  if (event_time == null) return "an 'event_time' config: the name of the column that says when a row happened."
  if (typeof event_time !== 'string') return `an 'event_time' config that is text; it is ${JSON.stringify(event_time)}.`
  if (begin == null) return "a 'begin' config: the earliest time that it is built from."
  if (typeof begin === 'number' || momentOf(begin) === undefined)
    return `a 'begin' config that is a date or a time (ISO format); it is ${JSON.stringify(begin)}.`
  if (!batchSizes.some((size) => size === batch_size))
    return `a 'batch_size' config that is one of ${batchSizes.join(', ')}; it is ${JSON.stringify(batch_size ?? null)}.`
  if (lookback != null && !Number.isInteger(lookback))
    return `a 'lookback' config that is a whole number; it is ${JSON.stringify(lookback)}.`
  if (concurrent_batches != null && typeof concurrent_batches !== 'boolean')
    return `a 'concurrent_batches' config that is true or false; it is ${JSON.stringify(concurrent_batches)}.`
  return undefined
}

const hasTimedInput = ({ depends_on }: ManifestNode, { nodes, sources }: ParseScope['manifest']): boolean =>
  depends_on.nodes.some((id) => Boolean((nodes[id] ?? sources[id])?.config.event_time))
