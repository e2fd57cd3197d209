import { typeError } from '../errors.js'
import type { JinjaCallable, Kwargs } from './callable.js'
import { equals } from './operators.js'
import { makeUndefined, PyTuple, type UndefinedKind } from './values.js'

/** `loop` inside a for loop. */
export class Loop implements JinjaCallable {
  readonly #items: readonly unknown[]
  readonly #recurse: ((items: unknown, depth: number) => unknown) | null
  readonly #kind: UndefinedKind
  readonly depth0: number
  index0 = 0
  #changed: unknown[] | undefined

  constructor(
    items: readonly unknown[],
    depth0: number,
    recurse: ((items: unknown, depth: number) => unknown) | null,
    kind: UndefinedKind,
  ) {
    this.#items = items
    this.#recurse = recurse
    this.#kind = kind
    this.depth0 = depth0
  }
  jinjaAttribute(name: string): unknown {
    const { index0 } = this
    const { length } = this.#items
    switch (name) {
      case 'index':
        return index0 + 1
      case 'index0':
        return index0
      case 'revindex':
        return length - index0
      case 'revindex0':
        return length - index0 - 1
      case 'first':
        return index0 === 0
      case 'last':
        return index0 === length - 1
      case 'length':
        return length
      case 'depth':
        return this.depth0 + 1
      case 'depth0':
        return this.depth0
      case 'previtem':
        return index0 > 0 ? this.#items[index0 - 1] : makeUndefined(this.#kind, undefined, 'there is no previous item')
      case 'nextitem':
        return index0 < length - 1
          ? this.#items[index0 + 1]
          : makeUndefined(this.#kind, undefined, 'there is no next item')
      case 'cycle':
        return (...values: unknown[]) => {
          if (values.length === 0) throw typeError('no items for cycling given')
          return values[index0 % values.length]
        }
      case 'changed':
        return (...values: unknown[]) => {
          const isSame =
            this.#changed !== undefined && equals(PyTuple.fromArray(values), PyTuple.fromArray(this.#changed))
          this.#changed = values
          return !isSame
        }
    }
    return undefined
  }
  pythonRepr(): string {
    return `<LoopContext ${this.index0 + 1}/${this.#items.length}>`
  }
  /** `loop(children)` in a recursive loop. */
  jinjaCall(args: readonly unknown[], _: Kwargs | null): unknown {
    if (!this.#recurse) throw typeError("The loop must have the 'recursive' marker to be called recursively.")
    return this.#recurse(args[0], this.depth0 + 1)
  }
}
