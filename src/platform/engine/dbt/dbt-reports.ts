import { errorFromJson } from '../../../base/index.js'
import type { Metadata, StepContext } from '../../../orchestrate/index.js'
import {
  type EventWindow,
  type Manifest,
  type ManifestNode,
  modelBatches,
  type NodeResult,
  successfulBatches,
} from '../../../transform/index.js'
import { platformErrors } from '../../errors.js'
import { nodeMeta } from '../../graph/node-meta.js'
import { batchKey } from '../../graph/partitions/batch-partitions.js'
import { chosenParts } from '../../graph/partitions/chosen-parts.js'
import { type PartRun, partRuns } from '../../graph/partitions/model-partitions.js'

/** What a step tells of the node that it made or asked, whoever ran it. */

export const isMade = ({ status }: NodeResult) => status === 'success' || status === 'no-op'

/** @throws the error of a node that failed */
export async function report(
  context: StepContext,
  result: NodeResult,
  made: readonly string[] | undefined,
  factsOf: (uniqueId: string) => Promise<Metadata>,
): Promise<void> {
  const [check] = context.step.checks
  if (check) {
    reportCheck(context, check.asset, check.name, result)
    return
  }
  const [asset] = context.assets
  if (isMade(result)) {
    if (asset !== undefined)
      context.materialized(asset, { ...metadataOf(result), ...(await factsOf(result.unique_id)) }, made)
    return
  }
  // Batches that were made stay made, whatever became of the others.
  if (asset !== undefined && made && made.length > 0) context.materialized(asset, metadataOf(result), made, false)
  throw errorOf(result)
}

/** The partitions of its asset that a microbatch model made. */
export function madeBatches(manifest: Manifest, result: NodeResult): string[] | undefined {
  const node = manifest.nodes[result.unique_id]
  const batches = node && modelBatches(node)
  return batches && successfulBatches(result).map(({ startMs }) => batchKey(batches.size, startMs))
}

/** The runs of a model that make the partitions which a step is to make; undefined for one that is cut in no way, or into batches. */
export function partsOf(context: StepContext, node: ManifestNode | undefined): readonly PartRun[] | undefined {
  const [asset] = context.assets
  const chosen = asset === undefined ? undefined : context.partitionsOf(asset)
  const written = node && chosen && nodeMeta(node, node.original_file_path).partitions
  return written && partRuns(written, chosenParts(chosen.partitions))
}

/** The partitions that a step is to make, as stretches of event time. */
export function windowsOf(context: StepContext): EventWindow[] | undefined {
  const [asset] = context.assets
  const chosen = asset === undefined ? undefined : context.partitionsOf(asset)
  return chosen?.partitions.flatMap(({ window }) =>
    window ? [{ startMs: Date.parse(window.start), endMs: Date.parse(window.end) }] : [],
  )
}

function reportCheck(context: StepContext, asset: string, name: string, result: NodeResult): void {
  if (result.status === 'error' || result.status === 'runtime error') throw errorOf(result)
  context.checked(asset, name, {
    passed: result.status === 'pass' || result.status === 'success',
    severity: result.status === 'warn' ? 'warn' : 'error',
    message: result.message ?? undefined,
    hint: howToSeeRows(result.unique_id),
    metadata: { ...metadataOf(result), ...(result.failures === null ? {} : { failures: result.failures }) },
  })
}

/** A data test is a query for the rows that break it; a unit test says itself what differs. */
function howToSeeRows(uniqueId: string): string | undefined {
  const [type, , name] = uniqueId.split('.')
  return type === 'test' ? `\`millrace dbt show --select ${name}\` prints the rows that break it.` : undefined
}

function metadataOf(result: NodeResult & { readonly invocationId?: string }): Metadata {
  const rows = result.adapter_response.rows_affected
  return {
    ...(typeof rows === 'number' && rows >= 0 ? { rows_affected: rows } : {}),
    duration_ms: Math.round(result.execution_time * 1000),
    status: result.status,
    ...(result.invocationId ? { invocation_id: result.invocationId } : {}),
    ...(result.relation_name ? { relation: result.relation_name } : {}),
    ...(result.compiled_code ? { compiled_sql: { type: 'sql', text: result.compiled_code } } : {}),
  }
}

/** The transform role attaches the located error; where it has none, the message is all there is. */
function errorOf(result: NodeResult) {
  if (result.error) return errorFromJson(result.error)
  return platformErrors.create('STEP_FAILED', {
    message: result.message ?? `${result.unique_id} ended with ${result.status}.`,
    hint: 'Mend the model and run the failed steps again: `millrace runs rerun <run> --from-failure`.',
  })
}
