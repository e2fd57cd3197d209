import { z } from 'zod'
import { textRecord } from './text-record.js'

const schema = z.looseObject({ type: z.literal('RequestBodyUrlEncodedForm'), value: textRecord() })

export const requestBodyUrlEncodedForm = {
  schema,
  templates: ({ value }: z.output<typeof schema>) => ({ data: value }),
}
