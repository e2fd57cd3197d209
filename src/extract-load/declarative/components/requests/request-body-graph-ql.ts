import { z } from 'zod'

const schema = z.looseObject({
  type: z.literal('RequestBodyGraphQL'),
  value: z.looseObject({ query: z.string() }),
})

/** A query of GraphQL, with its variables and whatever else stands beside it. */
export const requestBodyGraphQl = {
  schema,
  templates: ({ value }: z.output<typeof schema>) => ({
    json: Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null)),
  }),
}
