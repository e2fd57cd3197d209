import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { RecordData } from '../../component-contract.js'
import { isList, isPlainMapping } from '../../dpath/index.js'
import { replaceContents } from './renamed.js'

/** Brings what lies within mappings (and lists) of a record up into the record itself. */
export const flattenFields = defineComponent({
  type: 'FlattenFields',
  kind: 'transformation',
  schema: z.looseObject({ flatten_lists: z.boolean().optional() }),
  build({ flatten_lists = true }) {
    return { transform: (record) => replaceContents(record, flat(record, flatten_lists)) }
  },
})

/**
 * The last value is looked at first, and a key stays short while it is free and no list was seen: which keys get their whole path depends on
 * this order, and columns of destinations are named after it.
 */
function flat(record: RecordData, areListsFlat: boolean): Map<string, unknown> {
  const result = new Map<string, unknown>()
  const values: unknown[] = [record]
  const names = ['_']
  let isFullPath = false
  while (values.length > 0) {
    const value = values.pop()
    const name = names.pop() as string
    if (isPlainMapping(value)) {
      for (const key of Object.keys(value)) {
        values.push(value[key])
        names.push(isFullPath || result.has(key) ? `${name}.${key}` : key)
      }
    } else if (isList(value) && areListsFlat) {
      for (const [place, item] of value.entries()) {
        values.push(item)
        names.push(`${name}.${place}`)
        isFullPath = true
      }
    } else result.set(name, value)
  }
  return result
}
