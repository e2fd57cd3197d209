import { z } from 'zod'
import { truthy } from '../../../../jinja/index.js'
import { defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import { firstBody } from './page-body.js'
import { pageSizeOf, pageSizeSchema } from './page-size.js'
import { type PageTemplate, pageTemplate } from './page-template.js'

/** Each response says where the next page is, until it says nothing, or until a condition holds. */
export const cursorPagination = defineComponent({
  type: 'CursorPagination',
  kind: 'pagination_strategy',
  schema: z.looseObject({
    cursor_value: z.string(),
    page_size: pageSizeSchema,
    stop_condition: z.union([z.string(), z.boolean()]).optional(),
  }),
  build(definition, { interpolation }, { decoder }) {
    const size = pageSizeOf(definition.page_size, interpolation)
    const { cursor_value, stop_condition } = definition
    if (size === undefined) for (const text of [cursor_value, stop_condition]) refuseUnknownSize(text)
    const token = pageTemplate(cursor_value, interpolation.value(cursor_value))
    const isLast =
      stop_condition === undefined || stop_condition === ''
        ? undefined
        : pageTemplate(String(stop_condition), interpolation.boolean(stop_condition))
    const templates = [token, isLast].filter((template): template is PageTemplate<never> => template !== undefined)
    const needsBody = templates.some((template) => template.needsBody)
    return {
      uses: [cursor_value, stop_condition].some(seesRecord) ? undefined : {},
      initialToken: () => undefined,
      pageSize: () => size,
      async openPage(response, slice) {
        if (!needsBody) return
        const body = await firstBody(decoder, response)
        for (const template of templates) template.open(response, body, slice)
      },
      async nextPageToken(page) {
        const asked = page.pageSizeOverride ?? size
        if (isLast?.evaluate(page, asked)) return undefined
        const value = token.evaluate(page, asked)
        return truthy(value) ? value : undefined
      },
    }
  },
})

const seesRecord = (template: unknown): boolean => typeof template === 'string' && /\blast_record\b/.test(template)

/** Without a size to compare with, the comparison would be a text, every text is true, and the stream would end after its first page. */
function refuseUnknownSize(template: unknown): void {
  if (typeof template !== 'string' || !/\{[{%].*(?<![.\w'"])page_size(?![\w'"])/s.test(template)) return
  throw failure('MANIFEST_INVALID', {
    message: `The template ${JSON.stringify(template)} of a CursorPagination reads \`page_size\`, and the paginator has none.`,
    hint: 'Give it a `page_size`, or compare with a number.',
    failureType: 'system_error',
  })
}
