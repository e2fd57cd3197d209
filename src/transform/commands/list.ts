import { toJson } from '../../jinja/index.js'
import { writeManifest } from '../artifacts/write.js'
import type { ManifestNode, ResourceType } from '../contract.js'
import { asWritten } from '../parse/manifest-json.js'
import { isMapping } from '../project/yaml-file.js'
import { commandResourceTypes } from '../select/index.js'
import type { DbtCommand } from './invocation/invocation.js'
import { selectionOf } from './invocation/selection.js'

/** Prints what a selection names, one per line. */
export const list: DbtCommand = (invocation) => {
  const { output = 'selector', outputKeys } = invocation.flags
  const print = outputs[output as Output]
  const project = invocation.parse()
  const { nodes, sources, exposures, unit_tests, metrics, semantic_models, saved_queries, functions } = project.manifest
  const others = { ...exposures, ...unit_tests, ...metrics, ...semantic_models, ...saved_queries, ...functions }
  const all = { ...nodes, ...sources, ...others } as Record<string, ManifestNode>
  const keys = outputKeys?.flatMap((key) => key.split(' ')) ?? jsonKeys
  // The old spelling of --select means models only, here.
  const types: readonly ResourceType[] = invocation.flags.models ? ['model'] : commandResourceTypes.list
  const lines = [...selectionOf(invocation, project, types, ['analysis'])].sort().flatMap((id) => {
    const node = all[id]
    return node ? [print(shown(node), keys)] : []
  })
  // After the selection, which may compare with the manifest that lies there.
  if (!invocation.flags.noWriteJson)
    writeManifest(project.manifest, invocation.targetDir(project), { isUntouched: true })
  invocation.tellGraph(project)
  if (lines.length === 0) invocation.log.warn('NoNodesSelected', {})
  for (const line of lines) invocation.print(line)
  return 0
}

const jsonKeys = [
  'alias',
  'name',
  'package_name',
  'depends_on',
  'direct_parents',
  'tags',
  'config',
  'resource_type',
  'source_name',
  'original_file_path',
  'unique_id',
]

/** As the manifest has it, and what a model itself reads under the name that dbt gives it only here. */
const shown = (node: ManifestNode) =>
  node.resource_type === 'model' ? { ...node, direct_parents: node.depends_on.nodes } : asWritten(node)

/** `config.materialized` leads into the config. What is not there is left out. */
function valueAt(node: ManifestNode, path: string): [string, unknown][] {
  if (node[path] !== undefined) return [[path, node[path]]]
  if (!path.includes('.')) return []
  let value: unknown = node
  for (const key of path.split('.')) value = isMapping(value) ? value[key] : undefined
  return value === undefined || value === null ? [] : [[path, value]]
}

type Output = 'json' | 'name' | 'path' | 'selector'

const outputs: Readonly<Record<Output, (node: ManifestNode, keys: readonly string[]) => string>> = {
  selector: selectorOf,
  name: nameOf,
  path: (node) => node.original_file_path,
  json: (node, keys) => toJson(Object.fromEntries(keys.flatMap((key) => valueAt(node, key))), undefined, false),
}

function nameOf({ resource_type, source_name, name, version }: ManifestNode): string {
  if (resource_type === 'source') return `${String(source_name)}.${name}`
  return resource_type === 'model' && version != null ? `${name}.v${version}` : name
}

const named = new Set<string>(['exposure', 'unit_test', 'metric', 'semantic_model', 'saved_query'])

/** The text that selects just this one. */
function selectorOf(node: ManifestNode): string {
  const { resource_type, package_name, name } = node
  if (resource_type === 'source') return `source:${package_name}.${String(node.source_name)}.${name}`
  if (named.has(resource_type)) return `${resource_type}:${package_name}.${name}`
  return node.fqn.join('.')
}
