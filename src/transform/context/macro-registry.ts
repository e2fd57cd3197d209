import {
  type Context,
  type JinjaCallable,
  type JinjaEnvironment,
  type Kwargs,
  Macro,
  type Module,
  type Template,
} from '../../jinja/index.js'
import type { ManifestMacro } from '../contract.js'
import { macroVariable } from './block-tags.js'
import { ReturnValue } from './return-value.js'

interface Entry {
  readonly macro: ManifestMacro
  readonly line: number
  template: Template | undefined
}

/**
 * Every macro of every package, compiled at first use. Names are found as dbt finds them: in the package that is being
 * worked on, in the root project, then among the built-in packages (the adapter's before the general one).
 */
export class MacroRegistry {
  readonly #environment: JinjaEnvironment
  readonly #packages = new Map<string, Map<string, Entry>>()
  readonly #root: string
  readonly #builtin: readonly string[]
  /** Hears of every macro of the project's that is run. */
  onUse: ((macro: ManifestMacro) => void) | undefined

  constructor(environment: JinjaEnvironment, root: string, builtin: readonly string[]) {
    this.#environment = environment
    this.#root = root
    this.#builtin = builtin
  }

  /** A registry over the same macros for another dialect (parsing and execution treat undefined names differently). */
  withEnvironment(environment: JinjaEnvironment): MacroRegistry {
    const copy = new MacroRegistry(environment, this.#root, this.#builtin)
    for (const [name, macros] of this.#packages)
      copy.#packages.set(name, new Map([...macros].map(([key, entry]) => [key, { ...entry, template: undefined }])))
    return copy
  }

  add(macro: ManifestMacro, line: number): void {
    const macros = this.#packages.get(macro.package_name) ?? new Map<string, Entry>()
    this.#packages.set(macro.package_name, macros)
    macros.set(macro.name, { macro, line, template: undefined })
  }

  hasPackage(name: string): boolean {
    return this.#packages.has(name)
  }

  find(name: string, fromPackage: string): ManifestMacro | undefined {
    return (
      this.#packages.get(fromPackage)?.get(name)?.macro ??
      this.#packages.get(this.#root)?.get(name)?.macro ??
      this.#findBuiltin(name)
    )
  }

  findIn(packageName: string, name: string): ManifestMacro | undefined {
    // `dbt.name` means the built-in packages as one.
    return packageName === 'dbt' ? this.#findBuiltin(name) : this.#packages.get(packageName)?.get(name)?.macro
  }

  #findBuiltin(name: string): ManifestMacro | undefined {
    for (const candidate of this.#builtin) {
      const entry = this.#packages.get(candidate)?.get(name)
      if (entry) return entry.macro
    }
    return undefined
  }

  /** A macro of whatever package: the root project's, else an installed package's, else a built-in one. */
  findAnywhere(name: string): ManifestMacro | undefined {
    const installed = [...this.#packages.keys()].find(
      (candidate) => !this.#builtin.includes(candidate) && this.#packages.get(candidate)?.has(name),
    )
    return this.findIn(this.#root, name) ?? this.find(name, installed ?? this.#root)
  }

  names(): string[] {
    return [...new Set([...this.#packages.values()].flatMap((macros) => [...macros.keys()]))]
  }

  namesIn(packageName: string): string[] {
    return [...(this.#packages.get(packageName)?.keys() ?? [])]
  }

  all(): ManifestMacro[] {
    return [...this.#packages.values()].flatMap((macros) => [...macros.values()].map((entry) => entry.macro))
  }

  /** A template that belongs to no macro. */
  compile(name: string, source: string): Template {
    return this.#environment.compile({ name, source })
  }

  template(macro: ManifestMacro): Template {
    if (this.onUse && !this.#builtin.includes(macro.package_name)) this.onUse(macro)
    return this.parsed(macro)
  }

  /** The macros that did not come with the program. */
  own(): ManifestMacro[] {
    return this.all().filter(({ package_name }) => !this.#builtin.includes(package_name))
  }

  /** Whether the project or a package of it writes a built-in macro anew, or what its dispatch would find. */
  isReplaced(name: string, dispatchPrefixes: readonly string[]): boolean {
    const names = [name, ...dispatchPrefixes.map((prefix) => `${prefix}${name}`)]
    return [...this.#packages].some(
      ([owner, macros]) => !this.#builtin.includes(owner) && names.some((one) => macros.has(one)),
    )
  }

  /** Its template, without anybody using it. @throws JINJA_SYNTAX */
  parsed(macro: ManifestMacro): Template {
    const entry = this.#packages.get(macro.package_name)?.get(macro.name) as Entry
    entry.template ??= this.#environment.compile({
      name: macro.original_file_path,
      source: macro.macro_sql,
      lineOffset: entry.line - 1,
      isInternal: this.#builtin.includes(macro.package_name),
    })
    return entry.template
  }
}

/**
 * A macro as it is called in one node's context. `return()` ends it. What the node itself calls is reported for
 * `depends_on.macros`; what macros call in their turn is known from their text.
 */
export class BoundMacro implements JinjaCallable {
  readonly macro: ManifestMacro
  readonly #registry: MacroRegistry
  readonly #context: Context
  readonly #isAsync: boolean
  readonly #onCall: (macro: ManifestMacro) => void
  readonly #calls: { depth: number }
  #bound: Macro | Promise<Macro> | undefined

  constructor(
    macro: ManifestMacro,
    registry: MacroRegistry,
    context: Context,
    isAsync: boolean,
    onCall: (macro: ManifestMacro) => void,
    calls: { depth: number } = { depth: 0 },
  ) {
    this.macro = macro
    this.#registry = registry
    this.#context = context
    this.#isAsync = isAsync
    this.#onCall = onCall
    this.#calls = calls
  }

  get name(): string {
    return this.macro.name
  }

  jinjaCall(args: readonly unknown[], kwargs: Kwargs | null): unknown {
    if (this.#calls.depth === 0) this.#onCall(this.macro)
    const template = this.#registry.template(this.macro)
    if (!this.#isAsync) {
      this.#bound ??= this.#exported(template.moduleSync(this.#context))
      this.#calls.depth++
      try {
        return this.#callBound(this.#bound as Macro, args, kwargs)
      } finally {
        this.#calls.depth--
      }
    }
    if (this.#bound instanceof Macro) return this.#callBound(this.#bound, args, kwargs)
    this.#bound ??= template.module(this.#context).then((module) => this.#exported(module))
    return this.#callLater(this.#bound, args, kwargs)
  }

  async #callLater(bound: Promise<Macro>, args: readonly unknown[], kwargs: Kwargs | null): Promise<unknown> {
    const macro = await bound
    this.#bound = macro
    return this.#callBound(macro, args, kwargs)
  }

  /** A promise only when something in the macro waits. */
  #callBound(bound: Macro, args: readonly unknown[], kwargs: Kwargs | null): unknown {
    try {
      const result = bound.jinjaCall(args, kwargs)
      return result instanceof Promise ? result.catch(valueOfReturn) : result
    } catch (thrown) {
      return valueOfReturn(thrown)
    }
  }

  #exported(module: Module): Macro {
    return module.exports[macroVariable(this.macro.name)] as Macro
  }

  pythonRepr(): string {
    return `<macro ${this.macro.package_name}.${this.macro.name}>`
  }
}

/** What `return()` threw in a macro is its value. */
function valueOfReturn(thrown: unknown): unknown {
  if (thrown instanceof ReturnValue) return thrown.value
  throw thrown
}
