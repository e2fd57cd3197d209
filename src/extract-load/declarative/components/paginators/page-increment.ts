import { z } from 'zod'
import { repr } from '../../../../jinja/index.js'
import { defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import { pageSizeOf, pageSizeSchema } from './page-size.js'

/** Counts pages. The one that holds less than a page, or nothing, is the last one. */
export const pageIncrement = defineComponent({
  type: 'PageIncrement',
  kind: 'pagination_strategy',
  schema: z.looseObject({
    page_size: pageSizeSchema,
    start_from_page: z.int().optional(),
    inject_on_first_request: z.boolean().optional(),
  }),
  build(definition, { interpolation }) {
    const size = pageSizeOf(definition.page_size, interpolation)
    const start = definition.start_from_page ?? 0
    return {
      uses: {},
      initialToken: () => (definition.inject_on_first_request ? start : undefined),
      pageSize: () => size,
      async nextPageToken({ extractedCount, lastTokenValue }) {
        if (extractedCount === 0 || (size && extractedCount < size)) return undefined
        return lastTokenValue === undefined ? start + 1 : wholeToken(lastTokenValue) + 1
      },
    }
  },
})

export function wholeToken(token: unknown): number {
  if (typeof token === 'number' && Number.isInteger(token)) return token
  throw failure('MANIFEST_INVALID', {
    message: `A paginator that counts was at ${repr(token)}, which is no whole number.`,
    hint: 'Look at what else sets the token of the page.',
    failureType: 'system_error',
  })
}
