import { PyTuple } from '../../jinja/index.js'
import { dateTimeModule, zonesModule } from './python-datetime.js'
import { regexModule } from './python-regex.js'

const itertools = {
  chain: (...lists: unknown[][]) => lists.flat(),
  product: (...lists: unknown[][]) =>
    lists
      .reduce<unknown[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]])
      .map((row) => PyTuple.fromArray(row)),
  combinations: (list: unknown[], size: number) => combinations(list, size).map((row) => PyTuple.fromArray(row)),
  islice: (list: unknown[], ...bounds: number[]) =>
    bounds.length === 1 ? list.slice(0, bounds[0]) : list.slice(bounds[0], bounds[1]),
}
function combinations(list: readonly unknown[], size: number): unknown[][] {
  if (size === 0) return [[]]
  return list.flatMap((item, i) => combinations(list.slice(i + 1), size - 1).map((rest) => [item, ...rest]))
}

/** `modules.datetime`, `modules.re`, `modules.pytz`, `modules.itertools`. */
export const pythonModules: Readonly<Record<string, unknown>> = {
  datetime: dateTimeModule,
  re: regexModule,
  pytz: zonesModule,
  itertools,
}
