import type { ParseScope } from '../scope/parse-scope.js'

/** Models past their `deprecation_date`, and who still reads those that have one. */
export function checkModelDeprecations({ manifest, invocation, diagnostics }: ParseScope): void {
  const now = invocation.startedAt.getTime()
  const code = 'TRANSFORM_YAML_INVALID'
  for (const node of Object.values(manifest.nodes)) {
    const date = node.deprecation_date
    if (node.resource_type !== 'model' || typeof date !== 'string') continue
    const at = { file: node.original_file_path }
    const isPast = Date.parse(date) < now
    const version = node.version == null ? '' : String(node.version)
    if (isPast)
      diagnostics.warn({
        code,
        message: `The model ${node.name} has passed its deprecation date of ${date}.`,
        event: {
          name: 'DeprecatedModel',
          data: { model_name: node.name, model_version: version, deprecation_date: date },
        },
        at,
      })
    for (const id of manifest.child_map[node.unique_id] ?? []) {
      const child = manifest.nodes[id]
      if (child?.resource_type !== 'model') continue
      diagnostics.warn({
        code,
        message: `${child.name} reads ${node.name}, which ${isPast ? 'was deprecated' : 'will be deprecated'} on ${date}.`,
        event: {
          name: isPast ? 'DeprecatedReference' : 'UpcomingReferenceDeprecation',
          data: {
            model_name: child.name,
            ref_model_package: node.package_name,
            ref_model_name: node.name,
            ref_model_version: version,
            ref_model_latest_version: String(node.latest_version ?? ''),
            ref_model_deprecation_date: date,
          },
        },
        at: { file: child.original_file_path },
      })
    }
  }
}
