import { z } from 'zod'

const schema = z.looseObject({ type: z.literal('RequestBodyPlainText'), value: z.string() })

/** Sent as it is, without a Content-Type. */
export const requestBodyPlainText = {
  schema,
  templates: ({ value }: z.output<typeof schema>) => ({ data: value }),
}
