import { runtimeError, typeError } from '../errors.js'
import { ChainableUndefined, isPlainObject, PyDict, PyTuple, typeName, Undefined } from './values.js'

/** Named arguments of a call. A plain host function gets it as its last argument, when there are any. */
export class Kwargs {
  /** As they were written. Most calls only go over them, so they become a Map when somebody asks for one. */
  readonly #written: readonly (readonly [string, unknown])[]
  #entries: Map<string, unknown> | undefined
  constructor(entries: readonly (readonly [string, unknown])[] = []) {
    this.#written = entries
  }
  get entries(): Map<string, unknown> {
    this.#entries ??= new Map(this.#written)
    return this.#entries
  }
  /** Name and value of each. */
  get pairs(): Iterable<readonly [string, unknown]> {
    return this.#entries ?? this.#written
  }
  get size(): number {
    return this.#entries?.size ?? this.#written.length
  }
}

/** Anything a template can call that is not a plain JavaScript function: macros, bound host objects. */
export interface JinjaCallable {
  jinjaCall(args: readonly unknown[], kwargs: Kwargs | null): unknown
}

export const isCallable = (value: unknown): boolean =>
  typeof value === 'function' || typeof (value as JinjaCallable | null)?.jinjaCall === 'function'

export function call(callee: unknown, args: readonly unknown[], kwargs: Kwargs | null, shown: string): unknown {
  if (typeof callee === 'function')
    return kwargs !== null && kwargs.size > 0 ? callee(...args, kwargs) : callee(...args)
  const callable = callee as JinjaCallable | null
  if (typeof callable?.jinjaCall === 'function') return callable.jinjaCall(args, kwargs)
  if (callee instanceof ChainableUndefined) return callee
  if (callee instanceof Undefined) callee.fail()
  throw typeError(`'${typeName(callee)}' object is not callable${shown ? `: ${shown}` : ''}`)
}

/** The separate pieces of a Python call's `**mapping`. */
export function spreadNamed(kwargs: Kwargs, mapping: unknown): Kwargs {
  const entries =
    mapping instanceof PyDict
      ? mapping
      : mapping instanceof Kwargs
        ? mapping.entries
        : isPlainObject(mapping)
          ? Object.entries(mapping)
          : undefined
  if (entries === undefined) throw typeError(`argument after ** must be a mapping, not ${typeName(mapping)}`)
  for (const [key, value] of entries) {
    if (typeof key !== 'string') throw typeError('keywords must be strings')
    if (kwargs.entries.has(key)) throw typeError(`got multiple values for keyword argument '${key}'`)
    kwargs.entries.set(key, value)
  }
  return kwargs
}

/**
 * A host function with Python's way of binding arguments: positional or by name. What is not given arrives as
 * JavaScript's undefined. A name that ends in `?` is optional, `*name` takes the rest (an array), `**name` the other
 * named ones (a Kwargs).
 */
export function defineFunction(
  name: string,
  parameters: readonly string[],
  implementation: (...values: never[]) => unknown,
): HostFunction {
  return functionOf(name, parameters)(implementation)
}

type HostFunction = JinjaCallable & { readonly name: string }

/** The same for a function that every node has its own of: how its arguments are bound is found out once. */
export function functionOf(name: string, parameters: readonly string[]) {
  const bind = binder(name, parameters)
  return (implementation: (...values: never[]) => unknown): HostFunction => {
    const run = implementation as (...values: unknown[]) => unknown
    return { name, jinjaCall: (args, kwargs) => run(...bind(args, kwargs)) }
  }
}

export function binder(name: string, parameters: readonly string[]) {
  const rest = parameters.findIndex((parameter) => /^\*[^*]/.test(parameter))
  const named = parameters.findIndex((parameter) => parameter.startsWith('**'))
  const fixed = parameters.filter((parameter) => !parameter.startsWith('*'))
  const names = fixed.map((parameter) => parameter.replace('?', ''))
  // What stands behind `*name` is given by name only.
  const positional = rest < 0 ? fixed.length : rest
  const isRequired = fixed.map((parameter) => !parameter.endsWith('?'))
  const isPlain = rest < 0 && named < 0
  return (args: readonly unknown[], kwargs: Kwargs | null): readonly unknown[] => {
    if (args.length > fixed.length && rest < 0)
      throw typeError(
        `${name}() takes ${fixed.length} positional argument${fixed.length === 1 ? '' : 's'} but ${args.length} were given`,
      )
    if (isPlain && kwargs === null && isRequired.every((required, i) => !required || args[i] !== undefined)) return args
    const bound: unknown[] = args.slice(0, positional)
    const others = new Kwargs()
    for (const [key, value] of kwargs?.pairs ?? []) {
      const at = names.indexOf(key)
      if (at < 0) {
        if (named < 0) throw typeError(`${name}() got an unexpected keyword argument '${key}'`)
        others.entries.set(key, value)
      } else if (at < Math.min(args.length, positional))
        throw typeError(`${name}() got multiple values for argument '${key}'`)
      else bound[at] = value
    }
    for (let i = 0; i < fixed.length; i++)
      if (bound[i] === undefined && isRequired[i]) throw missingArguments(name, fixed, bound)
    if (rest >= 0 || named >= 0) while (bound.length < fixed.length) bound.push(undefined)
    if (rest >= 0) bound.splice(rest, 0, args.slice(positional))
    if (named >= 0) bound.splice(named, 0, others)
    return bound
  }
}

function missingArguments(name: string, fixed: readonly string[], bound: readonly unknown[]): Error {
  const missing = fixed.filter((parameter, i) => bound[i] === undefined && !parameter.endsWith('?'))
  const names = missing.map((one) => `'${one}'`).join(' and ')
  return typeError(
    `${name}() missing ${missing.length} required positional argument${missing.length === 1 ? '' : 's'}: ${names}`,
  )
}

export interface MacroShape {
  readonly name: string
  readonly parameters: readonly string[]
  /** How many of the last parameters have a default. */
  readonly defaults: number
  readonly takesVarargs: boolean
  readonly takesKwargs: boolean
  readonly takesCaller: boolean
}

type MacroBody = (
  positional: readonly unknown[],
  varargs: readonly unknown[] | undefined,
  kwargs: PyDict | undefined,
  caller: unknown,
) => unknown

/**
 * How many macros may be open at once; Python allows no more. Beyond it the stack of JavaScript would end, where
 * hardly anything works, an error message least of all.
 */
const maxDepth = 400
let depth = 0

/** A macro bound to the context it was made in. Calling it answers text, or a promise of text when it waits. */
export class Macro implements JinjaCallable {
  readonly name: string
  readonly parameters: readonly string[]
  readonly defaults: number
  readonly takesVarargs: boolean
  readonly takesKwargs: boolean
  readonly takesCaller: boolean
  readonly #body: MacroBody
  /** How many calls of this macro have not ended, those that wait included. */
  #open = 0

  constructor(shape: MacroShape, body: MacroBody) {
    this.name = shape.name
    this.parameters = shape.parameters
    this.defaults = shape.defaults
    this.takesVarargs = shape.takesVarargs
    this.takesKwargs = shape.takesKwargs
    this.takesCaller = shape.takesCaller
    this.#body = body
  }

  jinjaCall(args: readonly unknown[], kwargs: Kwargs | null): unknown {
    const { parameters } = this
    if (args.length > parameters.length && !this.takesVarargs)
      throw typeError(`macro '${this.name}' takes not more than ${parameters.length} argument(s)`)
    // Only a macro that asks for them gets the other arguments: making them is half of a short call.
    const others = this.takesKwargs ? new PyDict() : undefined
    let positional = args
    let caller: unknown
    if (kwargs !== null) {
      const bound = args.slice(0, parameters.length)
      caller = this.#bindNamed(kwargs, args.length, bound, others)
      positional = bound
    }
    if (depth >= maxDepth || this.#open >= maxDepth) throw runtimeError('A macro calls itself without end.')
    depth++
    this.#open++
    let result: unknown
    try {
      const varargs = this.takesVarargs ? PyTuple.fromArray(args.slice(parameters.length)) : undefined
      result = this.#body(positional, varargs, others, caller)
    } finally {
      depth--
      // What waits goes on with another stack, on which `depth` begins anew.
      if (result instanceof Promise) result = result.finally(() => this.#open--)
      else this.#open--
    }
    return result
  }

  /** Puts named arguments where they belong; answers the caller of a call block. */
  #bindNamed(kwargs: Kwargs, given: number, bound: unknown[], others: PyDict | undefined): unknown {
    let caller: unknown
    for (const [key, value] of kwargs.pairs) {
      const at = this.parameters.indexOf(key)
      if (at >= 0) {
        if (at < given)
          throw typeError(`macro '${this.name}' takes no keyword argument '${key}': it is given by position already`)
        bound[at] = value
      } else if (key === 'caller' && this.takesCaller) caller = value
      else if (others) others.set(key, value)
      else if (key === 'caller')
        throw typeError(
          `macro '${this.name}' was invoked with a block, but it never uses caller(). Call it without {% call %}.`,
        )
      else throw typeError(`macro '${this.name}' takes no keyword argument '${key}'`)
    }
    return caller
  }

  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'name':
        return this.name
      case 'arguments':
        return PyTuple.fromArray(this.parameters)
      case 'catch_varargs':
        return this.takesVarargs
      case 'catch_kwargs':
        return this.takesKwargs
      case 'caller':
        return this.takesCaller
    }
    return undefined
  }

  pythonRepr(): string {
    return `<Macro '${this.name}'>`
  }
}
