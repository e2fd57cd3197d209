import { filtersRule, savedQueriesRule } from './filters.js'
import { measureRule, uniqueMeasuresRule, usedMeasuresRule } from './measures.js'
import { metricRule } from './metrics.js'
import { elementTypesRule, keywordsRule, labelsRule, namesRule } from './names.js'
import type { Issue, Rule, SemanticLayer } from './rule.js'
import { dimensionsRule, semanticModelRule, timeSpinesRule } from './semantic-models.js'

export type { Issue, SemanticLayer } from './rule.js'

const rules: readonly Rule[] = [
  measureRule,
  uniqueMeasuresRule,
  semanticModelRule,
  dimensionsRule,
  elementTypesRule,
  usedMeasuresRule,
  metricRule,
  namesRule,
  keywordsRule,
  filtersRule,
  savedQueriesRule,
  labelsRule,
  timeSpinesRule,
]

/** All that is wrong with a semantic layer, by the rules of those who query it. */
export const semanticIssues = (layer: SemanticLayer): Issue[] => rules.flatMap((rule) => rule(layer))
