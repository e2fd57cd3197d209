import { defineFunction, type JinjaCallable, type Kwargs, PyDict, pairs, str } from '../../jinja/index.js'
import type { ManifestMacro } from '../contract.js'
import { transformErrors } from '../errors.js'
import type { DbtPackage } from '../project/dbt-project.js'
import { isMapping } from '../project/yaml-file.js'
import { toPlain } from '../python/values.js'
import { baseContext } from './base-context.js'
import { holdsJinja } from './holds-jinja.js'
import type { Invocation } from './invocation.js'
import { BoundMacro, type MacroRegistry } from './macro-registry.js'
import { varFunction } from './var-function.js'
import { hookKey } from './written-config.js'

export interface NodeScope {
  readonly invocation: Invocation
  readonly registry: MacroRegistry
  readonly root: DbtPackage
  /** The package that the node belongs to: its macros come first. */
  readonly packageName: string
  /** That package itself, for its vars; the root project when it is left out. */
  readonly own?: DbtPackage | undefined
  /** Of a generic test, the package whose test it is: what that dispatches without a namespace is there. */
  readonly testPackage?: string | undefined
  readonly isAsync: boolean
  readonly dispatchPrefixes: readonly string[]
  /** Internal packages in search order, e.g. `dbt_duckdb`, `dbt`. */
  readonly builtin: readonly string[]
  /** Vars of the node alone: they come before all others. */
  readonly vars?: Readonly<Record<string, unknown>> | undefined
  readonly onMacro: (macro: ManifestMacro) => void
  /** See `Context.pause`. */
  readonly pause: () => Promise<void> | undefined
  /** What all contexts of this kind share: found after the node's own values. */
  readonly constants?: ReadonlyMap<string, unknown> | undefined
}

/** Where a node's templates look up names: its own values, macros by name, packages, then what is always there. */
export class NodeContext {
  readonly #values = new Map<string, unknown>()
  readonly #lazy = new Map<string, () => unknown>()
  readonly #overrides = new Map<string, unknown>()
  readonly #shared: ReadonlyMap<string, unknown>
  readonly #scope: NodeScope
  readonly #macros = new Map<ManifestMacro, BoundMacro>()
  readonly #calls = { depth: 0 }

  constructor(scope: NodeScope) {
    this.#scope = scope
    this.#shared = sharedContext(scope)
    const vars = scope.vars ? new Map([...varsFor(scope), ...Object.entries(scope.vars)]) : templateVars(scope)
    if (vars)
      this.#values.set(
        'var',
        varFunction(vars, {
          isParsing: !scope.isAsync,
          owner: scope.packageName,
          render: (text) => this.#rendered(text),
          onRead: varReads(scope),
        }),
      )
    this.#values.set(
      'context',
      this.#members((name) => this.get(name)),
    )
    this.#values.set(
      'builtins',
      this.#members((name) => this.#value(name)),
    )
  }

  /** A macro of the user's comes before the function of dbt that it replaces (`ref`, say). */
  get(name: string): unknown {
    const { registry, packageName, root } = this.#scope
    if (this.#overrides.has(name)) return this.#overrides.get(name)
    const own = registry.findIn(packageName, name) ?? registry.findIn(root.name, name)
    if (own) return this.bound(own)
    const value = this.#value(name)
    if (value !== undefined) return value
    const macro = registry.find(name, packageName)
    if (macro) return this.bound(macro)
    return registry.hasPackage(name) ? this.#package(name) : undefined
  }

  pause(): Promise<void> | undefined {
    return this.#scope.pause()
  }

  /** What is there besides macros and packages. */
  get names(): string[] {
    const { constants } = this.#scope
    return [this.#values, this.#lazy, constants, this.#shared].flatMap((values) => [...(values?.keys() ?? [])])
  }

  #rendered(text: string): unknown {
    const template = this.#scope.registry.compile('dbt_project.yml', text)
    return this.#scope.isAsync ? template.render(this) : template.renderSync(this)
  }

  #value(name: string): unknown {
    if (name === 'flags' || name === 'invocation_args_dict') this.#scope.invocation.onRead?.('flags')
    const value = this.#values.get(name)
    if (value !== undefined) return value
    const make = this.#lazy.get(name)
    if (!make) return this.#scope.constants?.get(name) ?? this.#shared.get(name)
    const made = make()
    this.#values.set(name, made)
    return made
  }

  #members(find: (name: string) => unknown) {
    const get = (key: unknown, fallback: unknown = null) => find(str(key)) ?? fallback
    // It is a dict in dbt, and packages keep in it what their macros tell each other.
    const update = (values: unknown) => {
      for (const [key, value] of pairs(values)) this.set(str(key), value)
      return null
    }
    return {
      jinjaItem: (name: unknown) => find(str(name)),
      jinjaAttribute: (name: string) => (name === 'get' ? get : name === 'update' ? update : find(name)),
    }
  }

  set(name: string, value: unknown): this {
    this.#values.set(name, value)
    this.#lazy.delete(name)
    return this
  }

  /** A value that is only made when a template asks for it. */
  setLazy(name: string, make: () => unknown): this {
    this.#values.delete(name)
    this.#lazy.set(name, make)
    return this
  }

  /** A value that comes before everything, the project's own macros included. `package.macro` names a package's. */
  override(name: string, value: unknown): this {
    this.#overrides.set(name, value)
    return this
  }

  /** A macro as it is called here. */
  bound(macro: ManifestMacro): BoundMacro {
    let bound = this.#macros.get(macro)
    if (!bound) {
      bound = new BoundMacro(macro, this.#scope.registry, this, this.#scope.isAsync, this.#scope.onMacro, this.#calls)
      this.#macros.set(macro, bound)
    }
    return bound
  }

  #package(name: string) {
    const member = (macroName: string) => {
      const overridden = this.#overrides.get(`${name}.${macroName}`)
      if (overridden !== undefined) return overridden
      const macro = this.#scope.registry.findIn(name, macroName)
      return macro ? this.bound(macro) : undefined
    }
    return { jinjaAttribute: member, jinjaItem: (key: unknown) => member(str(key)), pythonType: 'package' }
  }

  /** `adapter.dispatch(name, namespace)`: the first that exists of `<adapter>__name`, `default__name`, in dbt's order. */
  dispatch(name: string, namespace: string | null): JinjaCallable {
    if (name.includes('.'))
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `adapter.dispatch() takes the name of a macro without its package: '${name}'.`,
        hint: `Write adapter.dispatch('${name.split('.')[1]}', '${name.split('.')[0]}').`,
      })
    const tried: string[] = []
    for (const place of this.#places(namespace))
      for (const prefix of this.#scope.dispatchPrefixes) {
        const full = `${prefix}${name}`
        const macro =
          place === null
            ? this.#scope.registry.find(full, this.#scope.packageName)
            : this.#scope.registry.findIn(place, full)
        if (macro) return this.bound(macro)
        tried.push(place === null ? full : `${place}.${full}`)
      }
    throw transformErrors.create('TRANSFORM_MACRO_NOT_FOUND', {
      message: `In dispatch: No macro named '${name}' found within namespace: '${namespace ?? 'None'}'\n    Searched for: ${tried.map((one) => `'${one}'`).join(', ')}`,
      hint: `Write a macro default__${name}, or one for your adapter.`,
    })
  }

  #places(namespace: string | null): (string | null)[] {
    const { testPackage } = this.#scope
    if (namespace === null) return testPackage === undefined ? [null] : [null, testPackage]
    const configured = this.#scope.root.dispatch.find((entry) => entry.namespace === namespace)
    if (configured) return [...configured.order]
    // A namespace that is no package leads nowhere special, for dbt either: the usual search.
    if (namespace !== 'dbt' && namespace !== this.#scope.root.name && !this.#scope.registry.hasPackage(namespace))
      return [null]
    return [this.#scope.root.name, namespace, ...(namespace === 'dbt' ? [] : ['dbt'])]
  }
}

/** What all nodes of one package share in one invocation. */
const sharedContexts = new WeakMap<Invocation, Map<string, Map<string, unknown>>>()

function sharedContext(scope: NodeScope): ReadonlyMap<string, unknown> {
  const byPackage = sharedContexts.get(scope.invocation) ?? new Map<string, Map<string, unknown>>()
  sharedContexts.set(scope.invocation, byPackage)
  const key = `${scope.packageName} ${scope.isAsync}`
  let shared = byPackage.get(key)
  if (!shared) {
    shared = baseContext(scope.invocation)
    shared.set(
      'var',
      varFunction(varsFor(scope), { isParsing: !scope.isAsync, owner: scope.packageName, onRead: varReads(scope) }),
    )
    byPackage.set(key, shared)
  }
  return shared
}

const varReads =
  ({ invocation, packageName }: NodeScope) =>
  (name: string) =>
    invocation.onRead?.(`var:${packageName}:${name}`)

const varsWithTemplates = new WeakMap<Invocation, Map<string, Map<string, unknown> | undefined>>()

/** The vars of a package when one of them is a template; most projects have none such. */
function templateVars(scope: NodeScope): ReadonlyMap<string, unknown> | undefined {
  const known = varsWithTemplates.get(scope.invocation) ?? new Map<string, Map<string, unknown> | undefined>()
  varsWithTemplates.set(scope.invocation, known)
  if (!known.has(scope.packageName)) {
    const vars = varsFor(scope)
    const hasTemplate = [...vars.values()].some((value) => typeof value === 'string' && holdsJinja(value))
    known.set(scope.packageName, hasTemplate ? vars : undefined)
  }
  return known.get(scope.packageName)
}

/** A package's own vars come last, the command line's first. */
export function varsFor(scope: Pick<NodeScope, 'invocation' | 'root' | 'packageName' | 'own'>): Map<string, unknown> {
  const { invocation, root, packageName, own = root } = scope
  const scoped = (vars: Readonly<Record<string, unknown>>) => {
    const value = vars[packageName]
    return isMapping(value) ? { ...vars, ...value } : vars
  }
  return new Map(Object.entries({ ...scoped(own.vars), ...scoped(root.vars), ...invocation.cliVars }))
}

/** `config(a=1)`, `config({'a': 1})` while parsing: what the file says of itself. */
export function configCapture(
  onConfig: (values: Record<string, unknown>) => void,
  current: () => Record<string, unknown>,
  options: { readonly isParsing?: boolean } = {},
) {
  const capture = (args: readonly unknown[], kwargs: Kwargs | null) => {
    const given: Record<string, unknown> = {}
    for (const arg of args) for (const [key, value] of pairs(arg)) given[str(key)] = toPlain(value)
    for (const [key, value] of kwargs?.entries ?? []) given[hookKey(key)] = toPlain(value)
    for (const key of ['pre', 'post'])
      if (`${key}-hook` in given && `${key}_hook` in given)
        throw transformErrors.create('TRANSFORM_COMPILE', {
          message: `config() has the key '${key}_hook' and the key '${key}-hook', which are one.`,
          hint: 'Keep one of them, with a list.',
        })
    onConfig(given)
    return ''
  }
  const set = (name: unknown, value: unknown) => capture([PyDict.from([[name, value]])], null)
  const members = options.isParsing ? { ...parsingMembers, set } : configMembers(current)
  return { jinjaCall: capture, jinjaAttribute: (name: string) => members[name] }
}

/** While parsing nothing is known for sure: what a template reads of its config is empty. */
const parsingMembers: Readonly<Record<string, unknown>> = {
  get: () => '',
  require: () => '',
  meta_get: () => '',
  meta_require: () => '',
  persist_relation_docs: () => false,
  persist_column_docs: () => false,
}

/** `config.get`, `config.require`, `config.persist_*`, `config.meta_get`. */
export function configMembers(current: () => Record<string, unknown>): Readonly<Record<string, unknown>> {
  const value = (name: unknown) => {
    const config = current()
    const key = str(name)
    return config[key] ?? config[key.replace('_hook', '-hook')] ?? undefined
  }
  const meta = () => (isMapping(current().meta) ? (current().meta as Record<string, unknown>) : {})
  const required = (name: unknown, found: unknown) => {
    if (found !== undefined && found !== null) return found
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `The model does not define a required config parameter '${str(name)}'.`,
    })
  }
  const persists = (what: string) => () =>
    isMapping(current().persist_docs) && (current().persist_docs as Record<string, unknown>)[what] === true
  return {
    get: defineFunction('get', ['name', 'default?', 'validator?'], (name: unknown, fallback: unknown = null) =>
      wrap(value(name) ?? fallback),
    ),
    require: defineFunction('require', ['name', 'validator?'], (name: unknown) => wrap(required(name, value(name)))),
    set: () => '',
    meta_get: defineFunction('meta_get', ['name', 'default?'], (name: unknown, fallback: unknown = null) =>
      wrap(meta()[str(name)] ?? fallback),
    ),
    meta_require: defineFunction('meta_require', ['name'], (name: unknown) => wrap(required(name, meta()[str(name)]))),
    persist_relation_docs: persists('relation'),
    persist_column_docs: persists('columns'),
  }
}

function wrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wrap)
  return isMapping(value) && Object.getPrototypeOf(value) === Object.prototype
    ? PyDict.from(Object.entries(value).map(([key, item]) => [key, wrap(item)] as const))
    : value
}
