import type { HttpResponse, LastPage, StreamSlice, TemplateValues } from '../../component-contract.js'
import type { Evaluated } from '../../interpolation/index.js'
import { templateSlice } from '../../template-slice.js'
import { deepCopy } from '../../values/deep-copy.js'
import { responseHeaders } from './response-headers.js'

/** A template of a paginator, which may look into the response and at what was read of it. */
export interface PageTemplate<T> {
  readonly needsBody: boolean
  open(response: HttpResponse, body: unknown, slice: StreamSlice | undefined): void
  evaluate(page: LastPage, pageSize: number | undefined): T
}

type Opened<T> = { readonly outcome: () => T } | { readonly body: unknown }

/**
 * Records are changed in place, within the body that they came in. So a template that looks into the body, and at nothing that is known only
 * later, is evaluated while the body is as it came; for one that looks at both, the body is copied.
 */
export function pageTemplate<T>(template: string, evaluated: Evaluated<T>): PageTemplate<T> {
  const needsBody = /\bresponse\b/.test(template)
  const needsRecords = /\b(?:last_record|last_page_size|page_size)\b/.test(template)
  const opened = new WeakMap<HttpResponse, Opened<T>>()

  return {
    needsBody,
    open(response, body, slice) {
      if (!needsBody) return
      opened.set(
        response,
        needsRecords ? { body: deepCopy(body) } : { outcome: kept(() => evaluated(valuesOf(response, body, slice))) },
      )
    },
    evaluate(page, pageSize) {
      const known = opened.get(page.response)
      if (known && 'outcome' in known) return known.outcome()
      return evaluated({
        ...valuesOf(page.response, known?.body ?? {}, page.slice),
        last_record: page.lastRecord ?? null,
        last_page_size: page.lastPageSize,
        page_size: pageSize ?? null,
      })
    },
  }
}

function valuesOf(response: HttpResponse, body: unknown, slice: StreamSlice | undefined): TemplateValues {
  return { response: body, headers: responseHeaders(response), ...templateSlice(slice) }
}

/** Evaluates now; a failure is one only for who asks what came out. */
function kept<T>(evaluate: () => T): () => T {
  try {
    const value = evaluate()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}
