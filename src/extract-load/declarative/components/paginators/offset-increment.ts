import { z } from 'zod'
import { type ComponentDefinition, defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import { firstBody } from './page-body.js'
import { wholeToken } from './page-increment.js'
import { literalSize, pageSizeSchema, wholeSize } from './page-size.js'

/** Counts records, those that a filter drops too. The page that holds less than a page, or nothing, is the last one. */
export const offsetIncrement = defineComponent({
  type: 'OffsetIncrement',
  kind: 'pagination_strategy',
  schema: z.looseObject({ page_size: pageSizeSchema, inject_on_first_request: z.boolean().optional() }),
  build(definition, { interpolation }, { decoder, extractor }) {
    if (countsMore(extractor))
      throw failure('MANIFEST_INVALID', {
        message:
          'An OffsetIncrement has a CombinedExtractor that joins the records of several places: its offsets would jump.',
        hint: 'Use another paginator, or `mode: first_match`.',
        failureType: 'config_error',
      })
    const literal = literalSize(definition.page_size) || undefined
    const template = typeof literal === 'string' ? interpolation.value(literal) : undefined
    const fixed = typeof literal === 'number' ? literal : undefined
    return {
      uses: {},
      initialToken: () => (definition.inject_on_first_request ? 0 : undefined),
      pageSize: () => (template ? wholeSize(template()) : fixed),
      async nextPageToken({ response, extractedCount, lastTokenValue, pageSizeOverride }) {
        const size =
          pageSizeOverride ?? (template ? wholeSize(template({ response: await firstBody(decoder, response) })) : fixed)
        if (extractedCount === 0 || (size && extractedCount < size)) return undefined
        return lastTokenValue === undefined ? extractedCount : wholeToken(lastTokenValue) + extractedCount
      },
    }
  },
})

function countsMore(extractor: ComponentDefinition): boolean {
  if (extractor.type !== 'CombinedExtractor') return false
  const { mode = 'union', extractors } = extractor as {
    readonly mode?: string
    readonly extractors?: readonly ComponentDefinition[]
  }
  return mode === 'union' || (extractors ?? []).some(countsMore)
}
