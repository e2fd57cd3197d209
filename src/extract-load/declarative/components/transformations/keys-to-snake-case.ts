import anyAscii from 'any-ascii'
import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { keptNames, rename } from './renamed.js'

/** Keys in snake case, of mappings within the record too. */
export const keysToSnakeCase = defineComponent({
  type: 'KeysToSnakeCase',
  kind: 'transformation',
  schema: z.looseObject({}),
  build() {
    const nameOf = keptNames(snakeCase)
    return { transform: (record) => rename(record, nameOf) }
  },
})

/** Capitals with the small letters behind them are one word, and so are digits: `HTTPStatus2` is `httpstatus_2`. */
const words = /[A-Z]+[a-z]*|[a-z]+|\d+|[^a-zA-Z\d]+/g

/** Anything else ends a word; at either end of a key it leaves an underscore. */
function snakeCase(key: string): string {
  const found = (anyAscii(key).match(words) ?? []).map((word) => (/^[a-zA-Z\d]/.test(word) ? word.toLowerCase() : ''))
  const kept = found.filter((word, at) => word !== '' || at === 0 || at === found.length - 1)
  return (/^\d/.test(kept[0] ?? '') ? ['', ...kept] : kept).join('_')
}
