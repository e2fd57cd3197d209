import { runtimeError, typeError } from '../errors.js'
import { defineFunction, type JinjaCallable, Kwargs } from './callable.js'
import { pairs } from './methods/container-methods.js'
import { makeRange } from './range.js'
import { Namespace, PyDict, toIndex } from './values.js'

function range(args: readonly unknown[], kwargs: Kwargs): unknown {
  if (kwargs.size > 0) throw typeError('range() takes no keyword arguments')
  if (args.length === 0) throw typeError('range expected at least 1 argument, got 0')
  if (args.length > 3) throw typeError(`range expected at most 3 arguments, got ${args.length}`)
  const [a = 0, b, step = 1] = args.map(toIndex)
  if (step === 0) throw runtimeError('ValueError: range() arg 3 must not be zero')
  return b === undefined ? makeRange(0, a, step) : makeRange(a, b, step)
}

function makeDict(args: readonly unknown[], kwargs: Kwargs): PyDict {
  if (args.length > 1) throw typeError(`dict expected at most 1 argument, got ${args.length}`)
  const dict = PyDict.from(args[0] === undefined ? [] : pairs(args[0]))
  for (const [key, value] of kwargs.entries) dict.set(key, value)
  return dict
}

/** `cycler('odd', 'even')`: `.next()`, `.current`, `.reset()`. */
class Cycler {
  readonly #items: readonly unknown[]
  #at = 0
  constructor(items: readonly unknown[]) {
    if (items.length === 0) throw runtimeError('at least one item has to be provided')
    this.#items = items
  }
  jinjaAttribute(name: string): unknown {
    if (name === 'current') return this.#items[this.#at]
    if (name === 'next')
      return () => {
        const item = this.#items[this.#at]
        this.#at = (this.#at + 1) % this.#items.length
        return item
      }
    if (name === 'reset')
      return () => {
        this.#at = 0
        return null
      }
    return undefined
  }
}

/** A global that is a class in Python, and prints as one. */
class PythonClass implements JinjaCallable {
  readonly pythonType = 'type'
  readonly #name: string
  readonly #make: (args: readonly unknown[], kwargs: Kwargs) => unknown
  constructor(name: string, make: (args: readonly unknown[], kwargs: Kwargs) => unknown) {
    this.#name = name
    this.#make = make
  }
  jinjaCall(args: readonly unknown[], kwargs: Kwargs | null): unknown {
    return this.#make(args, kwargs ?? new Kwargs())
  }
  jinjaAttribute(): undefined {
    return undefined
  }
  pythonRepr(): string {
    return `<class '${this.#name}'>`
  }
}

export const builtinGlobals: Readonly<Record<string, JinjaCallable>> = {
  range: new PythonClass('range', range),
  dict: new PythonClass('dict', makeDict),
  namespace: defineFunction(
    'namespace',
    ['*args', '**kwargs'],
    (args: unknown[], kwargs: Kwargs) => new Namespace(makeDict(args, kwargs)),
  ),
  cycler: defineFunction('cycler', ['*items'], (items: unknown[]) => new Cycler(items)),
  joiner: defineFunction('joiner', ['sep?'], (separator: unknown = ', ') => {
    let isUsed = false
    return () => {
      if (isUsed) return separator
      isUsed = true
      return ''
    }
  }),
}
