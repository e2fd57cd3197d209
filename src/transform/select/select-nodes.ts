import type { Manifest, ResourceType } from '../contract.js'
import { transformErrors } from '../errors.js'
import type { Selectable } from '../graph/selectable.js'
import type { OnBreakingChange } from '../state/contract-changes.js'
import type { PreviousState } from '../state/previous-state.js'
import { type MethodScope, methods, type OnLargeSeed } from './methods/index.js'
import { parseSelection } from './parse-selection.js'
import { reach } from './reach.js'
import type { Criterion, IndirectSelection, Selection } from './selection.js'
import { matchesWildcard } from './wildcard.js'
import { parseDefinition, type YamlSelector } from './yaml-selectors.js'

export interface SelectOptions {
  readonly select?: readonly string[] | undefined
  readonly exclude?: readonly string[] | undefined
  /** The name of a selector in selectors.yml. */
  readonly selector?: string | undefined
  readonly selectors?: readonly YamlSelector[] | undefined
  /** Only these types are answered (see `commandResourceTypes`). */
  readonly resourceTypes?: readonly ResourceType[] | undefined
  readonly excludeResourceTypes?: readonly ResourceType[] | undefined
  readonly indirect?: IndirectSelection | undefined
  readonly previous?: PreviousState | undefined
  /** Hears which selector of selectors.yml is taken because nothing was said. */
  readonly onDefault?: ((name: string) => void) | undefined
  /** Hears of each criterion that matches nothing. */
  readonly onNothing?: ((criterion: string) => void) | undefined
  /** Hears of models without versions that broke their contract, when states are compared. */
  readonly onBreakingChange?: OnBreakingChange | undefined
  readonly onLargeSeed?: OnLargeSeed | undefined
}

/** The unique ids that a selection means, by dbt's rules. @throws TRANSFORM_SELECTION */
export function selectNodes(manifest: Manifest, options: SelectOptions = {}): Set<string> {
  const selected = new Selecting(manifest, options).run(selectionOf(options))
  const members = enabledMembers(manifest)
  const types = options.resourceTypes && new Set<string>(options.resourceTypes)
  const excluded = new Set<string>(options.excludeResourceTypes)
  return new Set(
    [...selected].filter((id) => {
      const node = members.get(id)
      if (!node || (types && !types.has(node.resource_type)) || excluded.has(node.resource_type)) return false
      return !isEmptySql(node)
    }),
  )
}

function selectionOf(options: SelectOptions): Selection {
  const { select, exclude, selector, selectors = [], indirect = 'eager' } = options
  if (selector !== undefined) {
    const found = selectors.find(({ name }) => name === selector)
    if (found) return parseDefinition(found.definition, indirect, found.name)
    throw transformErrors.create('TRANSFORM_SELECTION', {
      message: `There is no selector named '${selector}'.`,
      hint:
        selectors.length === 0
          ? 'Selectors stand in selectors.yml beside dbt_project.yml; there is none.'
          : `selectors.yml has ${selectors.map(({ name }) => name).join(', ')}.`,
    })
  }
  const standard = selectors.find(({ isDefault }) => isDefault)
  if (standard && !select?.length && !exclude?.length) {
    options.onDefault?.(standard.name)
    return parseDefinition(standard.definition, indirect, standard.name)
  }
  return parseSelection(select, exclude, indirect)
}

/** Everything enabled that stands in the graph. */
function enabledMembers(manifest: Manifest): Map<string, Selectable> {
  const groups: Readonly<Record<string, Selectable>>[] = [
    manifest.nodes,
    manifest.sources,
    manifest.exposures,
    manifest.metrics,
    manifest.unit_tests,
    manifest.semantic_models,
    manifest.saved_queries,
    manifest.functions,
  ]
  const members = new Map<string, Selectable>()
  for (const group of groups)
    for (const [id, node] of Object.entries(group))
      if ((node.config as { enabled?: unknown } | undefined)?.enabled !== false) members.set(id, node)
  return members
}

/** A model file with nothing in it is no model. */
const isEmptySql = (node: Selectable) =>
  node.resource_type === 'model' && typeof node.raw_code === 'string' && node.raw_code.trim() === ''

/**
 * What a part of a selection chose, and tests that wait until all of their parents are chosen: of `a b` with cautious selection, the part
 * `a` lets a relationships test between both wait, and with `b` it is chosen.
 */
interface Bundle {
  readonly direct: Set<string>
  readonly waiting: Set<string>
}

class Selecting {
  readonly #manifest: Manifest
  readonly #options: SelectOptions
  readonly #members: Map<string, Selectable>
  /** Names of the selectors being resolved, to refuse circles. */
  readonly #path: readonly string[]

  constructor(manifest: Manifest, options: SelectOptions, path: readonly string[] = []) {
    this.#manifest = manifest
    this.#options = options
    this.#members = enabledMembers(manifest)
    this.#path = path
  }

  run(selection: Selection): Set<string> {
    return this.#bundle(selection).direct
  }

  #bundle(selection: Selection): Bundle {
    if (selection.kind === 'criterion') return this.#criterion(selection)
    const bundles = selection.parts.map((part) => this.#bundle(part))
    const combine = { union, intersection, difference }[selection.kind]
    const chosen = combine(bundles.map(({ direct }) => direct))
    const waiting = combine(bundles.map(({ direct, waiting }) => union([direct, waiting])))
    const direct = this.#admit(chosen, waiting, selection.indirect)
    if (selection.warnsWhenEmpty !== undefined && direct.size === 0) this.#options.onNothing?.(selection.warnsWhenEmpty)
    return { direct, waiting }
  }

  #criterion(criterion: Criterion): Bundle {
    const own = this.#matching(criterion)
    const { parent_map: parents, child_map: children } = this.#manifest
    const selected = new Set(own)
    const add = (ids: Iterable<string>) => {
      for (const id of ids) selected.add(id)
    }
    if (criterion.withChildrensParents) {
      const below = reach(own, children, Number.POSITIVE_INFINITY, this.#members)
      add(below)
      add(reach(union([own, below]), parents, Number.POSITIVE_INFINITY, this.#members))
    }
    if (criterion.parentsDepth !== undefined) add(reach(own, parents, criterion.parentsDepth, this.#members))
    if (criterion.childrenDepth !== undefined) add(reach(own, children, criterion.childrenDepth, this.#members))
    // A named selector has taken its tests, and left out what it excludes, already.
    if (criterion.indirect === 'empty' || criterion.method === 'selector')
      return { direct: selected, waiting: new Set() }
    return this.#withTests(selected, criterion.indirect)
  }

  #matching(criterion: Criterion): Set<string> {
    if (criterion.method === 'selector') return this.#namedSelectors(criterion)
    const scope: MethodScope = {
      manifest: this.#manifest,
      members: this.#members,
      previous: this.#options.previous ?? {},
      arguments: criterion.arguments,
      onBreakingChange: this.#options.onBreakingChange,
      onLargeSeed: this.#options.onLargeSeed,
    }
    const isMatch = methods[criterion.method](criterion.value, scope)
    return new Set([...this.#members].filter(([, node]) => isMatch(node)).map(([id]) => id))
  }

  #namedSelectors({ value, indirect }: Criterion): Set<string> {
    const found = (this.#options.selectors ?? []).filter(({ name }) => matchesWildcard(name, String(value)))
    if (found.length === 0)
      throw transformErrors.create('TRANSFORM_SELECTION', {
        message: `No selector of selectors.yml is called '${String(value)}'.`,
      })
    return union(
      found.map(({ name, definition }) => {
        if (this.#path.includes(name))
          throw transformErrors.create('TRANSFORM_SELECTION', {
            message: `Selectors refer to each other in a circle: ${[...this.#path, name].join(' → ')}.`,
            at: { file: 'selectors.yml' },
          })
        const inner = new Selecting(this.#manifest, this.#options, [...this.#path, name])
        return inner.run(parseDefinition(definition, indirect, name))
      }),
    )
  }

  /** Adds the tests of what is selected; those with parents elsewhere come, wait or stay away by the mode. */
  #withTests(selected: Set<string>, indirect: IndirectSelection): Bundle {
    const direct = new Set(selected)
    const waiting = new Set<string>()
    const buildable = indirect === 'buildable' ? this.#buildable(selected, true) : selected
    for (const id of selected)
      for (const child of this.#manifest.child_map[id] ?? []) {
        const test = this.#members.get(child)
        if (test?.resource_type !== 'test' && test?.resource_type !== 'unit_test') continue
        const parents = (test.depends_on as { nodes: string[] } | undefined)?.nodes ?? []
        if (indirect === 'eager' || parents.every((parent) => buildable.has(parent))) direct.add(child)
        else waiting.add(child)
      }
    return { direct, waiting }
  }

  /** Tests that waited, whose parents are all there now. */
  #admit(direct: Set<string>, waiting: Set<string>, indirect: IndirectSelection): Set<string> {
    if (indirect !== 'cautious' && indirect !== 'buildable') return direct
    const present = indirect === 'buildable' ? this.#buildable(direct, false) : direct
    const admitted = new Set(direct)
    for (const id of waiting) {
      const node = this.#manifest.nodes[id]
      if (node?.depends_on.nodes.every((parent) => present.has(parent))) admitted.add(id)
    }
    return admitted
  }

  #buildable(selected: Set<string>, withSources: boolean): Set<string> {
    const above = reach(selected, this.#manifest.parent_map, Number.POSITIVE_INFINITY, this.#members)
    return union([selected, above, ...(withSources ? [new Set(Object.keys(this.#manifest.sources))] : [])])
  }
}

function union(sets: readonly ReadonlySet<string>[]): Set<string> {
  const all = new Set<string>()
  for (const set of sets) for (const id of set) all.add(id)
  return all
}

function intersection([first, ...others]: readonly ReadonlySet<string>[]): Set<string> {
  return new Set([...(first ?? [])].filter((id) => others.every((other) => other.has(id))))
}

function difference([first, ...others]: readonly ReadonlySet<string>[]): Set<string> {
  return new Set([...(first ?? [])].filter((id) => !others.some((other) => other.has(id))))
}
