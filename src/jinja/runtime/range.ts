import { runtimeError } from '../errors.js'
import { PyView } from './view.js'

const maxRange = 10_000_000

/** Python's `range`, with its items. */
export function makeRange(start: number, stop: number, step: number): PyView {
  const count = Math.max(0, Math.ceil((stop - start) / step))
  if (count > maxRange) throw runtimeError(`OverflowError: Range too big. It may have at most ${maxRange} items.`)
  const items = Array.from({ length: count }, (_, i) => start + i * step)
  return PyView.make('range', items, [start, stop, step])
}
