import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { templateSlice } from '../../template-slice.js'

/** Keeps the records that a condition holds for. */
export const recordFilter = defineComponent({
  type: 'RecordFilter',
  kind: 'record_filter',
  schema: z.looseObject({ condition: z.string().optional() }),
  build({ condition = '' }, { interpolation }) {
    const holds = interpolation.boolean(condition)
    const reads = interpolation.recordPaths(condition)
    return {
      uses: reads && { reads },
      filter(records, { slice, nextPageToken = null }) {
        const { stream_slice, stream_partition, stream_interval } = templateSlice(slice)
        const place = {
          stream_slice,
          stream_partition,
          stream_interval,
          stream_state: {},
          next_page_token: nextPageToken,
        }
        return records.filter((record) => holds({ record, ...place }))
      },
    }
  },
})
