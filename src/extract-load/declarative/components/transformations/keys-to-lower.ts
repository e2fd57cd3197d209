import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { setKey } from '../../dpath/index.js'
import { keptNames } from './renamed.js'

/** Keys of the record itself in small letters; one that had capitals takes the place of one that had none. */
export const keysToLower = defineComponent({
  type: 'KeysToLower',
  kind: 'transformation',
  schema: z.looseObject({}),
  build() {
    const lower = keptNames((key) => key.toLowerCase())
    return {
      transform(record) {
        for (const key of Object.keys(record)) {
          const name = lower(key)
          if (name === key) continue
          const value = record[key]
          delete record[key]
          setKey(record, name, value)
        }
      },
    }
  },
})
