import type { ManifestNode, ManifestSource, ProfileTarget } from '../contract.js'
import { engineOf } from './engines/index.js'
import { Relation, type RelationRules, type RelationValues } from './relation.js'

type Quoting = Readonly<Record<string, unknown>> | null | undefined

/** How the relations of a project are named and quoted. */
export interface RelationSettings {
  readonly rules: RelationRules
  /** `quoting:` of dbt_project.yml */
  readonly quoting: Readonly<Record<string, boolean>>
}

export const relationSettings = (target: ProfileTarget, root: Pick<RelationSettings, 'quoting'>): RelationSettings => ({
  rules: engineOf(target.type).relations,
  quoting: root.quoting,
})

const parts = ['database', 'schema', 'identifier'] as const

/** Of several policies, the later ones win where they say something. */
function quotingOf(...policies: readonly Quoting[]): NonNullable<RelationValues['quoted']> {
  const found: Partial<Record<(typeof parts)[number], boolean>> = {}
  for (const policy of policies)
    for (const part of parts) if (typeof policy?.[part] === 'boolean') found[part] = policy[part]
  return found
}

/** The relation that a node makes. */
export function nodeRelation(
  { rules, quoting }: RelationSettings,
  node: Pick<ManifestNode, 'database' | 'schema' | 'alias' | 'config'>,
  more: Pick<RelationValues, 'type'> = {},
): Relation {
  return Relation.create(rules, {
    database: node.database,
    schema: node.schema,
    identifier: node.alias,
    quoted: quotingOf(quoting, node.config.quoting as Quoting),
    ...more,
  })
}

/** The source's name in the manifest; there dbt quotes it as the project says. */
export const sourceName = (settings: RelationSettings, source: SourceName): string =>
  sourceRelation(settings, { ...source, quoting: quotingOf(settings.quoting, source.quoting) }).render()

type SourceName = Pick<ManifestSource, 'database' | 'schema' | 'identifier'> & { readonly quoting: Quoting }

/** The relation that a source is. The project's own `quoting` says nothing of tables that others make. */
export function sourceRelation(
  { rules }: RelationSettings,
  source: SourceName,
  more: Pick<RelationValues, 'limit' | 'external' | 'filter'> = {},
): Relation {
  return Relation.create(rules, {
    database: source.database,
    schema: source.schema,
    identifier: source.identifier,
    quoted: quotingOf(source.quoting),
    ...more,
  })
}
