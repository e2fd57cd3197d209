import { z } from 'zod'

const schema = z.looseObject({
  type: z.literal('RequestBodyJsonObject'),
  value: z.record(z.string(), z.unknown()),
})

export const requestBodyJsonObject = {
  schema,
  templates: ({ value }: z.output<typeof schema>) => ({ json: value }),
}
