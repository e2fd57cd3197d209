import { z } from 'zod'
import { requestBodyGraphQl } from './request-body-graph-ql.js'
import { requestBodyJsonObject } from './request-body-json-object.js'
import { requestBodyPlainText } from './request-body-plain-text.js'
import { requestBodyUrlEncodedForm } from './request-body-url-encoded-form.js'

export const requestBodySchema = z.discriminatedUnion('type', [
  requestBodyGraphQl.schema,
  requestBodyJsonObject.schema,
  requestBodyPlainText.schema,
  requestBodyUrlEncodedForm.schema,
])

/** The body in the two shapes in which a requester may have it otherwise. */
export interface BodyTemplates {
  readonly data?: string | Readonly<Record<string, unknown>> | undefined
  readonly json?: string | Readonly<Record<string, unknown>> | undefined
}

export function bodyTemplates(definition: z.output<typeof requestBodySchema>): BodyTemplates {
  switch (definition.type) {
    case 'RequestBodyGraphQL':
      return requestBodyGraphQl.templates(definition)
    case 'RequestBodyJsonObject':
      return requestBodyJsonObject.templates(definition)
    case 'RequestBodyPlainText':
      return requestBodyPlainText.templates(definition)
    case 'RequestBodyUrlEncodedForm':
      return requestBodyUrlEncodedForm.templates(definition)
  }
}
