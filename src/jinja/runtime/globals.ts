import { runtimeError } from '../errors.js'
import { defineFunction, type JinjaCallable, type Kwargs } from './callable.js'
import { pairs } from './methods/container-methods.js'
import { Namespace, PyDict, PyView, toIndex } from './values.js'

const maxRange = 10_000_000

function range(args: readonly unknown[]): PyView {
  const [a, b, c] = args.map(toIndex)
  const [start, stop, step] = b === undefined ? [0, a as number, 1] : [a as number, b, c ?? 1]
  if (step === 0) throw runtimeError('ValueError: range() arg 3 must not be zero')
  const count = Math.max(0, Math.ceil((stop - start) / step))
  if (count > maxRange) throw runtimeError(`OverflowError: Range too big. It may have at most ${maxRange} items.`)
  const shown = step === 1 ? `range(${start}, ${stop})` : `range(${start}, ${stop}, ${step})`
  return PyView.make(
    'range',
    Array.from({ length: count }, (_, i) => start + i * step),
    shown,
  )
}

function makeDict(args: readonly unknown[], kwargs: Kwargs): PyDict {
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

export const builtinGlobals: Readonly<Record<string, JinjaCallable>> = {
  range: defineFunction('range', ['*args'], (args: unknown[]) => range(args)),
  dict: defineFunction('dict', ['*args', '**kwargs'], (args: unknown[], kwargs: Kwargs) => makeDict(args, kwargs)),
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
