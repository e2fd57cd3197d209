import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { Paginator } from '../../component-contract.js'

/** The first page is all there is. */
export const onePage: Paginator = {
  uses: {},
  requestOptions: () => ({}),
  pageSize: () => undefined,
  initialToken: () => undefined,
  nextPageToken: async () => undefined,
  path: () => undefined,
}

export const noPagination = defineComponent({
  type: 'NoPagination',
  kind: 'paginator',
  schema: z.looseObject({}),
  build: () => onePage,
})
