import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { RecordData } from '../../contract.js'
import { isList, isMapping, setKey } from '../../dpath/index.js'
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
function flat(record: RecordData, areListsFlat: boolean): RecordData {
  const result: RecordData = {}
  const open: { readonly value: unknown; readonly name: string }[] = [{ value: record, name: '_' }]
  let isFullPath = false
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, name } = next
    if (isMapping(value)) {
      for (const [key, inner] of Object.entries(value))
        open.push({ value: inner, name: isFullPath || Object.hasOwn(result, key) ? `${name}.${key}` : key })
    } else if (isList(value) && areListsFlat) {
      value.forEach((item, place) => {
        open.push({ value: item, name: `${name}.${place}` })
      })
      if (value.length > 0) isFullPath = true
    } else setKey(result, name, value)
  }
  return result
}
