import type { Manifest } from '../../contract.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { isMapping } from '../../project/yaml-file.js'
import type { ParseScope } from '../scope/parse-scope.js'

/** Warns of configs for what does not exist. */
export function checkUnusedConfigs({ root, manifest, diagnostics }: ParseScope): void {
  const unused = unusedConfigs(root, manifest)
  if (unused.length === 0) return
  diagnostics.warn({
    code: 'TRANSFORM_PROJECT_INVALID',
    message: `dbt_project.yml has configs for what does not exist: ${unused.join(', ')}.`,
    event: { name: 'UnusedResourceConfigPath', data: { unused_config_paths: unused } },
  })
}

/** Paths of configs in dbt_project.yml below which no resource lies: a typing error, or what was left behind. */
export function unusedConfigs(root: DbtPackage, manifest: Manifest): string[] {
  const disabled = Object.values(manifest.disabled).flatMap((all) => all.map(({ fqn }) => fqn ?? []))
  const fqnsOf = (type: string) => [...Object.values(manifest.nodes).filter((node) => node.resource_type === type)]
  const all: Readonly<Record<string, () => readonly { readonly fqn?: readonly string[] }[]>> = {
    models: () => fqnsOf('model'),
    seeds: () => fqnsOf('seed'),
    snapshots: () => fqnsOf('snapshot'),
    data_tests: () => fqnsOf('test'),
    sources: () => Object.values(manifest.sources),
    unit_tests: () => Object.values(manifest.unit_tests),
    metrics: () => Object.values(manifest.metrics),
    semantic_models: () => Object.values(manifest.semantic_models),
    saved_queries: () => Object.values(manifest.saved_queries),
    exposures: () => Object.values(manifest.exposures),
    functions: () => Object.values(manifest.functions),
  }
  const unused: string[] = []
  for (const [section, resources] of Object.entries(all)) {
    const config = root.configs[section] ?? (section === 'data_tests' ? root.configs.tests : undefined)
    if (!isMapping(config)) continue
    const fqns = [...resources().map(({ fqn }) => fqn ?? []), ...disabled]
    const isUsed = (path: readonly string[]) => fqns.some((fqn) => path.every((part, i) => fqn[i] === part))
    for (const path of configPaths(config)) if (!isUsed(path)) unused.push([section, ...path].join('.'))
  }
  return unused
}

/** Where configs are set: every path that has at least one value which is no further path. */
function configPaths(config: Readonly<Record<string, unknown>>, path: readonly string[] = []): string[][] {
  const entries = Object.entries(config)
  const isPath = ([key, value]: readonly [string, unknown]) => isMapping(value) && !key.startsWith('+')
  const own = entries.some((entry) => !isPath(entry)) ? [[...path]] : []
  const below = entries
    .filter(isPath)
    .flatMap(([key, value]) => configPaths(value as Record<string, unknown>, [...path, key]))
  return [...own, ...below]
}
