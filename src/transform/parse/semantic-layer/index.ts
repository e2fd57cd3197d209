import { yamlContext } from '../scope/parse-context.js'
import { type ParseScope, parseEachEntry } from '../scope/parse-scope.js'
import { Entry } from '../yaml/entry.js'
import type { PropertyKind } from '../yaml/properties.js'
import { renderYaml } from '../yaml/yaml-values.js'
import { placeOf } from './check.js'
import { MetricLinks } from './link.js'
import { parseMetric } from './metrics.js'
import { parseModelEntry } from './model-entries.js'
import { parseOsiDocuments } from './osi.js'
import { keepsSemanticTemplates } from './resource.js'
import { parseSavedQuery } from './saved-queries.js'
import { parseSemanticModel } from './semantic-models.js'
import type { Metric, SavedQuery } from './shapes.js'

export { checkSemanticLayer } from './check.js'
export { referredMetric } from './link.js'

const parts = [
  ['models', 'semantic_models', parseModelEntry],
  ['semantic_models', 'semantic_models', parseSemanticModel],
  ['metrics', 'metrics', parseMetric],
  ['saved_queries', 'saved_queries', parseSavedQuery],
] as const satisfies readonly (readonly [PropertyKind, string, (scope: ParseScope, entry: Entry) => void])[]

/** Semantic models, metrics and saved queries: they are described in the manifest and never run. */
export function parseSemanticLayer(scope: ParseScope): void {
  const { properties, diagnostics, manifest } = scope
  const known = new Set([...Object.keys(manifest.metrics), ...Object.keys(manifest.saved_queries)])
  const made = <T extends { readonly unique_id: string }>(section: Readonly<Record<string, unknown>>) =>
    Object.keys(section).flatMap((id) => (known.has(id) ? [] : [section[id] as T]))
  for (const [kind, phase, parse] of parts)
    parseEachEntry(scope, properties.ofKind(kind), phase, (property) => {
      // Nearly no model has a semantic model, and a project has thousands of models.
      if (kind === 'models' && !property.values.semantic_model) return
      diagnostics.attempt(() => {
        const context = yamlContext(scope, property.package)
        const values = renderYaml(property.values, context, property, keepsSemanticTemplates)
        parse(scope, new Entry(property, values as Record<string, unknown>))
      }, property.at)
    })
  parseOsiDocuments(scope)
  const links = new MetricLinks(scope)
  for (const metric of made<Metric>(manifest.metrics))
    diagnostics.attempt(() => links.link(metric), placeOf(scope, metric))
  for (const query of made<SavedQuery>(manifest.saved_queries))
    diagnostics.attempt(() => links.linkQuery(query), placeOf(scope, query))
}
