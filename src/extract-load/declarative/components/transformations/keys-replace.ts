import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import { defineComponent } from '../../component.js'
import { templateSlice } from '../../template-slice.js'
import { rename } from './renamed.js'

/** Replaces one text in all keys of a record by another one. */
export const keysReplace = defineComponent({
  type: 'KeysReplace',
  kind: 'transformation',
  schema: z.looseObject({ old: z.string(), new: z.string() }),
  build(definition, { interpolation }) {
    const old = interpolation.value(definition.old)
    const replacement = interpolation.value(definition.new)
    return {
      transform(record, { slice }) {
        const values = { record, stream_state: null, ...templateSlice(slice) }
        const from = str(old(values))
        const to = str(replacement(values))
        rename(record, (key) => replaced(key, from, to))
      },
    }
  },
})

/** Python puts the new text between all characters where the old one is empty, and around them. */
function replaced(key: string, from: string, to: string): string {
  return from === '' ? `${to}${[...key].map((char) => char + to).join('')}` : key.split(from).join(to)
}
