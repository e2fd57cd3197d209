import type { BinaryOperator, CompareOperator } from '../ast.js'
import type { Context } from '../context.js'
import { JinjaRuntimeError, locate, type TemplateSource, typeError } from '../errors.js'
import { attribute, callMethod, item, setNamespaceAttribute } from './attributes.js'
import { binder, call, Kwargs, Macro, type MacroShape, spreadNamed } from './callable.js'
import type { FilterDefinition, FilterScope } from './filters/registry.js'
import { Loop } from './loop.js'
import { binary, compare, negate, plus } from './operators.js'
import { str } from './print.js'
import type { JinjaTest } from './tests.js'
import { turns } from './turns.js'
import {
  float,
  isIterable,
  iterate,
  makeUndefined,
  PyDict,
  PyTuple,
  Slice,
  truthy,
  typeName,
  type UndefinedKind,
} from './values.js'

interface BoundFilter {
  readonly definition: FilterDefinition
  readonly bind: (args: readonly unknown[], kwargs: Kwargs | null) => readonly unknown[]
}

export interface RuntimeTables {
  readonly filters: ReadonlyMap<string, FilterDefinition>
  readonly tests: ReadonlyMap<string, JinjaTest>
  readonly globals: ReadonlyMap<string, unknown>
  readonly undefinedKind: UndefinedKind
}

/** What compiled templates call. One per environment; `forTemplate` adds the source that errors are shown in. */
export class Runtime implements FilterScope {
  readonly undefinedKind: UndefinedKind
  readonly #tables: RuntimeTables
  readonly #filters: Map<string, BoundFilter>
  #template: TemplateSource | undefined

  constructor(tables: RuntimeTables, filters?: Map<string, BoundFilter>) {
    this.#tables = tables
    this.undefinedKind = tables.undefinedKind
    this.#filters =
      filters ??
      new Map(
        [...tables.filters].map(([name, definition]) => [
          name,
          { definition, bind: binder(name, definition.parameters) },
        ]),
      )
  }

  forTemplate(template: TemplateSource): Runtime {
    const runtime = new Runtime(this.#tables, this.#filters)
    runtime.#template = template
    return runtime
  }

  lookup(context: Context, name: string): unknown {
    const found = context.get(name)
    if (found !== undefined) return found
    return this.#tables.globals.get(name) ?? makeUndefined(this.undefinedKind, name)
  }

  pause(context: Context): Promise<void> | undefined {
    turns.count = 0
    return context.pause?.()
  }

  print = str
  truthy = truthy
  iterate = iterate
  negate = negate
  plus = plus
  call = call
  float = float
  spreadNamed = spreadNamed
  setAttribute = setNamespaceAttribute

  markup(text: string): string {
    return text
  }
  binary(operator: BinaryOperator, left: unknown, right: unknown): unknown {
    return binary(operator, left, right)
  }
  compare(operator: CompareOperator, left: unknown, right: unknown): boolean {
    return compare(operator, left, right)
  }
  attribute(value: unknown, name: string): unknown {
    return attribute(value, name, this.undefinedKind)
  }
  item(value: unknown, key: unknown): unknown {
    return item(value, key, this.undefinedKind)
  }
  callMethod(value: unknown, name: string, args: readonly unknown[], kwargs: Kwargs | null): unknown {
    return callMethod(value, name, args, kwargs, this.undefinedKind)
  }
  tuple(items: readonly unknown[]): PyTuple {
    return PyTuple.fromArray(items)
  }
  dict(entries: readonly (readonly [unknown, unknown])[]): PyDict {
    return PyDict.from(entries)
  }
  slice(start: unknown, stop: unknown, step: unknown): Slice {
    return new Slice(start, stop, step)
  }
  kwargs(entries: readonly (readonly [string, unknown])[]): Kwargs {
    for (let i = 1; i < entries.length; i++)
      for (let j = 0; j < i; j++) if (entries[i]?.[0] === entries[j]?.[0]) throw typeError('keyword argument repeated')
    return new Kwargs(entries)
  }
  concat(parts: readonly unknown[]): string {
    return parts.map(str).join('')
  }
  noElse(line: number): unknown {
    return makeUndefined(
      this.undefinedKind,
      undefined,
      `the inline if-expression on line ${line + (this.#template?.lineOffset ?? 0)} evaluated to false and no else section was defined.`,
    )
  }
  noCaller(): unknown {
    return makeUndefined(this.undefinedKind, 'caller', 'No caller defined')
  }
  missingArgument(name: string): unknown {
    return makeUndefined(this.undefinedKind, name, `parameter '${name}' was not provided`)
  }
  /** `f(*values)` */
  spread(values: unknown): readonly unknown[] {
    if (!isIterable(values)) throw typeError(`Value after * must be an iterable, not ${typeName(values)}`)
    return iterate(values)
  }
  unpack(value: unknown, count: number): readonly unknown[] {
    if (!isIterable(value)) throw typeError(`cannot unpack non-iterable ${typeName(value)} object`)
    const items = iterate(value)
    if (items.length < count) throw typeError(`not enough values to unpack (expected ${count}, got ${items.length})`)
    if (items.length > count) throw typeError(`too many values to unpack (expected ${count})`)
    return items
  }
  loop(items: readonly unknown[], depth: number, recurse: ((items: unknown, depth: number) => unknown) | null): Loop {
    return new Loop(items, depth, recurse, this.undefinedKind)
  }
  macro(shape: MacroShape, body: ConstructorParameters<typeof Macro>[1]): Macro {
    return new Macro(shape, body)
  }
  /** In sync mode nothing may wait. */
  now(value: unknown): unknown {
    if (!(value instanceof Promise)) return value
    value.catch(() => {})
    throw new JinjaRuntimeError(
      'JINJA_ASYNC_IN_SYNC',
      'Something that waits was called while the template is only parsed.',
    )
  }
  filter(name: string, input: unknown, args: readonly unknown[], kwargs: Kwargs | null): unknown {
    const found = this.#filters.get(name)
    if (!found) throw new JinjaRuntimeError('JINJA_RUNTIME', `No filter named '${name}'.`)
    return found.definition.run(this, input, ...(found.bind(args, kwargs) as never[]))
  }
  test(name: string, input: unknown, args: readonly unknown[], kwargs: Kwargs | null): boolean {
    if (name === 'filter') return this.#filters.has(String(input))
    if (name === 'test') return this.#tables.tests.has(String(input))
    const test = this.#tables.tests.get(name)
    if (!test) throw new JinjaRuntimeError('JINJA_RUNTIME', `No test named '${name}'.`)
    const given = 1 + args.length + (kwargs?.size ?? 0)
    if (given < test.length) throw typeError(`${name} expected ${test.length} arguments, got ${given}`)
    return test(input, ...args, ...(kwargs?.entries.values() ?? []))
  }
  locate(thrown: unknown, line: number, macro: string | undefined): unknown {
    return this.#template ? locate(thrown, this.#template, line, macro) : thrown
  }
}
