import { basename, dirname, join } from 'node:path'
import { writeParts } from '../../base/index.js'
import { artifactMetadata } from '../artifact-metadata.js'
import type { Invocation } from '../context/invocation.js'
import type { Manifest, NodeResult } from '../contract.js'
import { asWritten, manifestParts } from '../parse/manifest-json.js'
import { exactJson } from '../python/exact-json.js'
import { graphSummary } from './graph-summary.js'
import { semanticManifest } from './semantic-manifest.js'

function write(targetDir: string, name: string, content: unknown): void {
  writeParts(join(targetDir, name), [Buffer.from(exactJson(content).replace(wholeSeconds, '$&.0'))])
}

/** Times are floats for whoever reads these files, also a time of no millisecond. */
const wholeSeconds = /"(?:execution|elapsed)_time":\d+(?=[,}])/g

/** manifest.json, version 12, and semantic_manifest.json. `isUntouched`: nobody has changed a node since it was parsed. */
export function writeManifest(
  manifest: Manifest,
  targetDir: string,
  { isUntouched = false }: { readonly isUntouched?: boolean } = {},
): void {
  const parts = manifestParts(manifest, isUntouched)
  if (parts) writeParts(join(targetDir, 'manifest.json'), parts)
  else {
    const nodes = Object.entries(manifest.nodes).map(([id, node]) => [id, asWritten(node)] as const)
    write(targetDir, 'manifest.json', { ...manifest, nodes: Object.fromEntries(nodes) })
  }
  write(targetDir, 'semantic_manifest.json', semanticManifest(manifest))
}

export function writeGraphSummary(
  manifest: Manifest,
  targetDir: string,
  options: { readonly invocationId: string; readonly withTests: boolean },
): void {
  write(targetDir, 'graph_summary.json', graphSummary(manifest, options.invocationId, options))
}

type Made = Pick<Invocation, 'id' | 'startedAt' | 'env'>

/** run_results.json, version 6. */
export function writeRunResults(
  results: readonly NodeResult[],
  options: { targetDir: string; invocation: Made; elapsedSeconds: number; args: Record<string, unknown> },
): void {
  write(options.targetDir, 'run_results.json', {
    metadata: artifactMetadata('run-results/v6', options.invocation),
    results: results.map(({ error: _, compiled_path: __, ...result }) => result),
    elapsed_time: options.elapsedSeconds,
    args: options.args,
  })
}

/** catalog.json, version 1. */
export function writeCatalog(catalog: object, targetDir: string, invocation: Made): void {
  write(targetDir, 'catalog.json', { metadata: artifactMetadata('catalog/v1', invocation), ...catalog })
}

/** sources.json, version 3; `file` when it shall lie elsewhere. */
export function writeSources(
  results: readonly unknown[],
  { targetDir, file }: { targetDir: string; file?: string | undefined },
  invocation: Made,
  elapsedSeconds: number,
): void {
  write(file === undefined ? targetDir : dirname(file), file === undefined ? 'sources.json' : basename(file), {
    metadata: artifactMetadata('sources/v3', invocation),
    results,
    elapsed_time: elapsedSeconds,
  })
}
