import type { Expression, NamedCall, Statement, UsedNames } from './ast.js'
import { type TopLevelBlock, topLevelBlocks } from './blocks.js'
import type { Mode } from './compile/code-writer.js'
import { Generator } from './compile/generator.js'
import { type Context, toContext } from './context.js'
import type { TemplateSource } from './errors.js'
import { syntaxError } from './errors.js'
import { canInterpret, interpret, interpretOnlyPrinted, interpretValue } from './interpret.js'
import { tokenize } from './lexer/tokenize.js'
import type { BlockTag } from './parser/block-tag.js'
import { parseTemplate } from './parser/statements.js'
import type { FilterDefinition } from './runtime/filters/registry.js'
import { sequenceFilters } from './runtime/filters/sequence-filters.js'
import { textFilters } from './runtime/filters/text-filters.js'
import { builtinGlobals } from './runtime/globals.js'
import { Runtime } from './runtime/runtime.js'
import { builtinTests, type JinjaTest } from './runtime/tests.js'
import { turns } from './runtime/turns.js'
import type { PyDict, UndefinedKind } from './runtime/values.js'
import { waiting } from './runtime/waiting.js'

export interface JinjaOptions {
  /** Tags of the host, e.g. dbt's `snapshot`. */
  readonly blocks?: readonly BlockTag[] | undefined
  readonly trimBlocks?: boolean | undefined
  readonly lstripBlocks?: boolean | undefined
  readonly keepTrailingNewline?: boolean | undefined
  /** How names that do not exist behave; `default` prints them as nothing. */
  readonly undefined?: UndefinedKind | undefined
  readonly filters?: Readonly<Record<string, FilterDefinition>> | undefined
  readonly tests?: Readonly<Record<string, JinjaTest>> | undefined
  readonly globals?: Readonly<Record<string, unknown>> | undefined
  /**
   * The variable that holds a macro in its template and in what that exports; the macro's name when this is left out. With
   * another, calls by its name ask the context, as everybody else's do.
   */
  readonly macroVariable?: ((name: string) => string) | undefined
}

export type ContextValues = Context | ReadonlyMap<string, unknown> | PyDict | Readonly<Record<string, unknown>>

/** What a template defines at its top level: macros and variables. */
export interface Module {
  readonly output: string
  readonly exports: Readonly<Record<string, unknown>>
}

export interface Template {
  readonly name: string
  /** What it calls by name, in the order of its text, whether it would come to that or not. */
  readonly calls: readonly NamedCall[]
  /** What it is made of, for who reads a template without running it. */
  readonly statements: readonly Statement[]
  /** @throws JINJA_ASYNC_IN_SYNC when something that waits is called */
  renderSync(context?: ContextValues): string
  /** Waits for every promise that a call or a filter answers. */
  render(context?: ContextValues): Promise<string>
  moduleSync(context?: ContextValues): Module
  module(context?: ContextValues): Promise<Module>
  /** The value itself when the template is nothing but one expression; else the rendered text. */
  evaluateSync(context?: ContextValues): unknown
  evaluate(context?: ContextValues): Promise<unknown>
}

type Compiled = (runtime: Runtime, context: Context) => unknown

/** One dialect of Jinja: options, tags, filters, tests and globals. Safe to share; templates keep no state. */
export class JinjaEnvironment {
  readonly #options: JinjaOptions
  readonly #tags: ReadonlyMap<string, BlockTag>
  readonly #runtime: Runtime
  readonly #filterNames: ReadonlySet<string>
  readonly #programs = new Map<string, Program>()
  readonly #testNames: ReadonlySet<string>

  constructor(options: JinjaOptions = {}) {
    this.#options = options
    this.#tags = new Map((options.blocks ?? []).map((tag) => [tag.name, tag]))
    const filters = new Map(
      Object.entries({
        ...sequenceFilters,
        ...textFilters,
        d: textFilters.default as FilterDefinition,
        ...options.filters,
      }),
    )
    const tests = new Map(Object.entries({ ...builtinTests, ...options.tests }))
    this.#filterNames = new Set(filters.keys())
    this.#testNames = new Set([...tests.keys(), 'filter', 'test'])
    this.#runtime = new Runtime({
      filters,
      tests,
      globals: new Map(Object.entries({ ...builtinGlobals, ...options.globals })),
      undefinedKind: options.undefined ?? 'default',
    })
  }

  /** @throws JINJA_SYNTAX with line, column and code frame */
  compile(source: TemplateSource): Template {
    const known = this.#programs.get(source.source)
    const program = known ?? new Program(source, ...this.#parse(source))
    if (!known && source.source.length <= longestShared) this.#share(source.source, program)
    return new CompiledTemplate(source.name, program, this.#runtime.forTemplate(source))
  }

  #share(source: string, program: Program): void {
    const [oldest] = this.#programs.keys()
    if (this.#programs.size >= mostShared && oldest !== undefined) this.#programs.delete(oldest)
    this.#programs.set(source, program)
  }

  #parse(source: TemplateSource): [readonly Statement[], readonly NamedCall[]] {
    const tokens = tokenize(source, {
      trimBlocks: this.#options.trimBlocks ?? false,
      lstripBlocks: this.#options.lstripBlocks ?? false,
      keepTrailingNewline: this.#options.keepTrailingNewline ?? false,
    })
    return withinStack(source, () => {
      const { macroVariable = (name: string) => name } = this.#options
      const { statements, used } = parseTemplate(source, tokens, { tags: this.#tags, macroVariable })
      this.#checkNames(source, statements, used)
      return [statements, used.calls]
    })
  }

  /** One expression without the braces around it: `compileExpression('a + 1')`. */
  compileExpression(source: TemplateSource): Template {
    return this.compile({ ...source, source: `{{ ${source.source} }}` })
  }

  /** Blocks at the top level of a file, by kind (`macro` and the tags of the host), without parsing their content. */
  blocks(
    source: TemplateSource,
    kinds: ReadonlySet<string> = new Set(['macro', ...this.#tags.keys()]),
  ): TopLevelBlock[] {
    return topLevelBlocks(source, kinds)
  }

  /** An unknown filter or test is an error of the template, not of the run, as in Jinja. */
  #checkNames(source: TemplateSource, statements: readonly Statement[], { filters, tests }: UsedNames): void {
    if (isWithin(filters, this.#filterNames) && isWithin(tests, this.#testNames)) return
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) for (const item of value) visit(item)
      else if (value !== null && typeof value === 'object') {
        const node = value as Expression
        if (node.type === 'filter' && !this.#filterNames.has(node.name))
          throw unknownName(source, 'filter', node, this.#filterNames)
        if (node.type === 'test' && !this.#testNames.has(node.name))
          throw unknownName(source, 'test', node, this.#testNames)
        for (const child of Object.values(value)) if (child !== null && typeof child === 'object') visit(child)
      }
    }
    visit(statements)
  }
}

function isWithin(names: ReadonlySet<string>, known: ReadonlySet<string>): boolean {
  for (const name of names) if (!known.has(name)) return false
  return true
}

/** Trees that are too deep for the stack in spite of the parser's limits: chains within chains. */
function withinStack<T>(source: TemplateSource, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw syntaxError(source, 'The template nests too deeply.', 1, 1, 'Give its parts names with {% set %}.')
  }
}

function unknownName(
  source: TemplateSource,
  what: string,
  node: { name: string; line: number },
  known: ReadonlySet<string>,
) {
  const near = [...known].filter((name) => name.startsWith(node.name.slice(0, 2))).slice(0, 5)
  const hint = near.length > 0 ? `Similar names: ${near.join(', ')}.` : undefined
  return syntaxError(source, `There is no ${what} named '${node.name}'.`, node.line, 1, hint)
}

/** Short templates are often the same text in many places: the calls of generic tests, config values. */
const longestShared = 500
const mostShared = 1000
/** How often a template is interpreted before it is worth compiling. */
const runsBeforeCompiling = 3

/** What a text means, wherever it stands. */
class Program {
  /** Where the text was first seen. */
  readonly #source: TemplateSource
  readonly statements: readonly Statement[]
  readonly calls: readonly NamedCall[]
  readonly #functions = new Map<string, Compiled>()
  #runs = 0
  #isSimple: boolean | undefined

  constructor(source: TemplateSource, statements: readonly Statement[], calls: readonly NamedCall[]) {
    this.#source = source
    this.statements = statements
    this.calls = calls
  }

  template(mode: Mode): Compiled {
    return this.#compiled(mode, mode, (generator) => generator.template(this.statements))
  }

  /** Runs it without waiting. Most files of a project are rendered just once: those are not compiled for it. */
  runSync(runtime: Runtime, context: Context): Module {
    if (this.#isInterpreted()) return interpret(this.statements, runtime, context)
    return this.template('sync')(runtime, context) as Module
  }

  /** The same for a template that prints one value: that. Undefined for what only the compiler can run. */
  valueSync(runtime: Runtime, context: Context): { readonly value: unknown } | undefined {
    const [only, ...rest] = this.statements
    if (only?.type !== 'output' || rest.length > 0)
      return canInterpret(this.statements)
        ? { value: interpretOnlyPrinted(this.statements, runtime, context) }
        : undefined
    if (this.#isInterpreted()) return { value: interpretValue(only.value, runtime, context) }
    return { value: this.value('sync')?.(runtime, context) }
  }

  #isInterpreted(): boolean {
    if (this.#runs >= runsBeforeCompiling) return false
    this.#isSimple ??= canInterpret(this.statements)
    this.#runs++
    return this.#isSimple
  }

  /** The template as the value of its only expression; undefined when it is more than that. */
  value(mode: Mode): Compiled | undefined {
    const [only, ...rest] = this.statements
    if (only?.type !== 'output' || rest.length > 0) return undefined
    return this.#compiled(mode, `${mode} value`, (generator) => generator.expression(only.value))
  }

  /** Compiled at first use: most templates are only ever run in one of the modes. */
  #compiled(mode: Mode, key: string, write: (generator: Generator) => string): Compiled {
    let compiled = this.#functions.get(key)
    if (!compiled) {
      compiled = withinStack(this.#source, () => {
        return new Function('waiting', 'turns', `"use strict"; return ${write(new Generator(mode))}`)(
          waiting,
          turns,
        ) as Compiled
      })
      this.#functions.set(key, compiled)
    }
    return compiled
  }
}

class CompiledTemplate implements Template {
  readonly name: string
  readonly #program: Program
  readonly #runtime: Runtime

  constructor(name: string, program: Program, runtime: Runtime) {
    this.name = name
    this.#program = program
    this.#runtime = runtime
  }

  get calls(): readonly NamedCall[] {
    return this.#program.calls
  }

  get statements(): readonly Statement[] {
    return this.#program.statements
  }

  renderSync(context?: ContextValues): string {
    return this.moduleSync(context).output
  }
  async render(context?: ContextValues): Promise<string> {
    const module = this.#run(context)
    return (module instanceof Promise ? await module : module).output
  }
  moduleSync(context?: ContextValues): Module {
    return this.#program.runSync(this.#runtime, toContext(context))
  }
  async module(context?: ContextValues): Promise<Module> {
    return this.#run(context)
  }
  /** A promise only when something waits. */
  #run(context?: ContextValues): Module | Promise<Module> {
    return this.#program.template('async')(this.#runtime, toContext(context)) as Module | Promise<Module>
  }
  evaluateSync(context?: ContextValues): unknown {
    const found = this.#program.valueSync(this.#runtime, toContext(context))
    return found ? found.value : this.renderSync(context)
  }
  async evaluate(context?: ContextValues): Promise<unknown> {
    const value = this.#program.value('async')
    return value ? value(this.#runtime, toContext(context)) : this.render(context)
  }
}
