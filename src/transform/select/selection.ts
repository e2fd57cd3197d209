import type { ResourceType } from '../contract.js'
import { listedTypes, refableTypes } from '../graph/resource-types.js'

/** Which tests come along with the nodes they test. */
export type IndirectSelection = 'eager' | 'cautious' | 'buildable' | 'empty'

export const methodNames = [
  'fqn',
  'tag',
  'group',
  'access',
  'source',
  'path',
  'file',
  'package',
  'config',
  'test_name',
  'test_type',
  'resource_type',
  'state',
  'exposure',
  'metric',
  'result',
  'source_status',
  'version',
  'semantic_model',
  'saved_query',
  'unit_test',
  'selector',
] as const

export type MethodName = (typeof methodNames)[number]

/** `2+config.materialized:table+` taken apart. Depths are steps; Infinity means all of them, undefined none. */
export interface Criterion {
  readonly kind: 'criterion'
  readonly raw: string
  readonly method: MethodName
  /** What follows the method's name: `['materialized']`. */
  readonly arguments: readonly string[]
  /** Text, except for values of other types in selectors.yml. */
  readonly value: unknown
  readonly withChildrensParents: boolean
  readonly parentsDepth: number | undefined
  readonly childrenDepth: number | undefined
  readonly indirect: IndirectSelection
}

export interface SelectionGroup {
  readonly kind: 'union' | 'intersection' | 'difference'
  readonly parts: readonly Selection[]
  readonly indirect: IndirectSelection
  /** The user wrote it, so matching nothing is worth a warning that shows it. */
  readonly warnsWhenEmpty: string | undefined
}

export type Selection = Criterion | SelectionGroup

/** What `build`, `run` … work on when no resource type is asked for. */
export const commandResourceTypes = {
  build: ['model', 'seed', 'snapshot', 'test', 'unit_test', 'saved_query', 'exposure', 'function'],
  run: ['model', 'function'],
  test: ['test', 'unit_test'],
  seed: ['seed'],
  snapshot: ['snapshot'],
  compile: ['model', 'seed', 'snapshot', 'test', 'analysis', 'operation', 'function'],
  clone: refableTypes,
  source_freshness: ['source', 'model'],
  list: listedTypes,
} as const satisfies Readonly<Record<string, readonly ResourceType[]>>
