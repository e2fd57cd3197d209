import { defineFunction, type JinjaCallable, str } from '../../../jinja/index.js'
import { quoteLiteral } from '../../../sql/index.js'
import { columnApi, relationApi } from '../../adapter/api.js'
import { engineOf } from '../../adapter/engines/index.js'
import type { ProfileTarget } from '../../contract.js'

/** `api` in templates. */
export interface ParseApi {
  readonly Relation: unknown
  readonly Column: unknown
}

export function parseApi(target: ProfileTarget): ParseApi {
  return { Relation: relationApi(engineOf(target.type)), Column: engineOf(target.type).columnApi ?? columnApi }
}

/** `adapter` while parsing: dispatch is real, everything else answers nothing, since no warehouse is asked. */
export class ParseAdapter {
  readonly #target: ProfileTarget
  readonly #dispatch: (name: string, namespace: string | null) => JinjaCallable
  readonly #api: ParseApi

  constructor(
    api: ParseApi,
    target: ProfileTarget,
    dispatch: (name: string, namespace: string | null) => JinjaCallable,
  ) {
    this.#api = api
    this.#target = target
    this.#dispatch = dispatch
  }

  jinjaAttribute(name: string): unknown {
    if (name === 'dispatch')
      return defineFunction(
        'dispatch',
        ['macro_name', 'macro_namespace?', 'packages?'],
        (macro: unknown, namespace: unknown = null) =>
          this.#dispatch(str(macro), namespace === null ? null : str(namespace)),
      )
    if (name === 'Relation') return this.#api.Relation
    if (name === 'type') return () => this.#target.type
    if (name === 'quote') return (identifier: unknown) => `"${str(identifier)}"`
    if (name === 'quote_literal') return (text: unknown) => quoteLiteral(str(text))
    if (name === 'get_columns_in_relation' || name === 'list_relations' || name === 'get_missing_columns')
      return () => []
    if (name === 'check_schema_exists' || name === 'already_exists') return () => false
    if (name === 'config') return { credentials: this.#target.credentials }
    return () => null
  }
}
