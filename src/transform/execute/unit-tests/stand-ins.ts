import { didYouMean } from '../../../base/index.js'
import { defineFunction, str } from '../../../jinja/index.js'
import { Relation } from '../../adapter/relation.js'
import { BoundMacro } from '../../context/macro-registry.js'
import type { NodeContext } from '../../context/node-context.js'
import { refFunction } from '../../context/ref-function.js'
import type { ManifestNode, ManifestResource } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { readInput } from '../../parse/unit-tests/unit-test-input.js'
import { isMapping, type Path } from '../../project/yaml-file.js'
import type { Session } from '../session/session.js'
import type { Fixture } from './fixture.js'

/** The key under which a fixture for `{{ this }}` stands. */
export const thisInput = 'this'

/** Fixtures by the unique id of what they stand for. @throws TRANSFORM_REF_NOT_FOUND for an input that is nothing */
export function fixturesById(session: Session, test: ManifestResource, model: ManifestNode): Map<string, Fixture> {
  const given = Array.isArray(test.given) ? (test.given as Fixture[]) : []
  return new Map(
    given.map((fixture, i) => {
      const path = ['given', i, 'input']
      return [inputId(session, { input: fixture.input ?? '', path }, test, model), fixture]
    }),
  )
}

function inputId(
  session: Session,
  { input, path }: { readonly input: string; readonly path: Path },
  test: ManifestResource,
  model: ManifestNode,
): string {
  if (input.trim() === thisInput) return thisInput
  const { kind, names = [], version = null } = readInput(input) ?? {}
  const [first = '', second] = names
  const { index } = session
  const found =
    kind === 'source'
      ? index.source(first, second ?? '', model.package_name)
      : index.node({ name: second ?? first, package: second === undefined ? null : first, version }, model.package_name)
  if (found) return found.unique_id
  throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
    message: `Unit test '${test.name}' had an input (${input}) which was not found in the manifest.`,
    hint:
      kind === 'source' ? didYouMean(`${first}.${second}`, index.sourceNames) : hintOfRef(input, names, index.names),
    data: { path, dbtType: 'Parsing' },
  })
}

function hintOfRef(input: string, names: readonly string[], known: readonly string[]): string | undefined {
  const name = names.at(-1)
  if (name !== undefined) return didYouMean(name, known)
  return `An input is written as ref('…') or source('…', '…')${known.includes(input) ? `: ref('${input}')` : ''}.`
}

/** Lets the model's template see stand-ins for its inputs, and what the test overrides. */
export function replaceInputs(
  context: NodeContext,
  session: Session,
  model: ManifestNode,
  test: ManifestResource,
  ctes: ReadonlyMap<string, string>,
): void {
  const stand = (id: string | undefined, shown: string) => {
    const identifier = id === undefined ? undefined : ctes.get(id)
    if (identifier !== undefined) return Relation.create(session.project.relations.rules, { identifier, type: 'cte' })
    throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
      message: `The model refers to ${shown}, for which the unit test ${test.name} gives no rows.`,
      data: { path: ['given'] },
      hint: `Add \`- input: ${shown}\` with its rows below \`given\`.`,
    })
  }
  const { index } = session
  context.set(
    'ref',
    refFunction((name, packageName, version) =>
      stand(
        index.node({ name, package: packageName, version }, model.package_name)?.unique_id,
        version === null ? `ref('${name}')` : `ref('${name}', v=${version})`,
      ),
    ),
  )
  context.set(
    'source',
    defineFunction('source', ['source_name', 'table_name'], (source: unknown, table: unknown) =>
      stand(
        index.source(str(source), str(table), model.package_name)?.unique_id,
        `source('${str(source)}', '${str(table)}')`,
      ),
    ),
  )
  if (ctes.has(thisInput)) context.set('this', stand(thisInput, thisInput))
  override(context, isMapping(test.overrides) ? test.overrides : {})
}

/** A value for what is called by its name alone, `invocation_id` say, and a macro for what is a macro. */
const standIn = (original: unknown, value: unknown) =>
  original === undefined || typeof original === 'function' || original instanceof BoundMacro ? () => value : value

function override(context: NodeContext, overrides: Record<string, unknown>): void {
  const macros = isMapping(overrides.macros) ? overrides.macros : {}
  context.override('is_incremental', () => false)
  for (const [name, value] of Object.entries(macros)) context.override(name, standIn(context.get(name), value))
  for (const [kind, values] of [
    ['var', overrides.vars],
    ['env_var', overrides.env_vars],
  ] as const) {
    if (!isMapping(values)) continue
    const original = context.get(kind) as { jinjaCall(args: unknown[], kwargs: null): unknown }
    const given = values
    context.set(
      kind,
      defineFunction(kind, ['name', 'default?'], (name: unknown, fallback: unknown) =>
        Object.hasOwn(given, str(name))
          ? given[str(name)]
          : original.jinjaCall(fallback === undefined ? [name] : [name, fallback], null),
      ),
    )
  }
}
