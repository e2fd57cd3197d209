import { z } from 'zod'
import { connectionDraftSchema } from './connection-drafts.js'
import { errorSchema } from './shared.js'

const object = z.record(z.string(), z.unknown())

/** POST /api/connection-drafts/preview-stream */
export const draftPreviewRequestSchema = z.object({ draft: connectionDraftSchema, stream: z.string() })

/** POST /api/connections/{name}/preview */
export const streamPreviewRequestSchema = z.object({
  stream: z.string(),
  /** And not where the next sync goes on. */
  fromStart: z.boolean().optional(),
})

const exchangeSchema = z.object({
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    body: z.string().optional(),
  }),
  /** None where nobody answered. */
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }).optional(),
  /** Of the stream: for which part of it was asked. */
  slice: object.optional(),
  /** Not for records: a token, a parent's record, a schema. */
  isAuxiliary: z.boolean(),
})
export type ExchangeView = z.infer<typeof exchangeSchema>

/** What a stream gives, with the requests and the answers behind it; secrets are masked. */
export const streamPreviewSchema = z.object({
  records: z.array(object),
  /** Why there may be no records, where somebody knows. */
  whyEmpty: z.string().optional(),
  /** JSON Schema. */
  schema: object,
  /** Fields that the records have and the schema lacks: a sync loads none of them. */
  undeclared: z.array(z.string()),
  /** JSON Schema that these records have; none without records. */
  inferredSchema: object.optional(),
  /** It began after this, the state that is kept; from the start where it is left out. */
  begin: object.optional(),
  /** After these records. */
  state: object.optional(),
  error: errorSchema.optional(),
  exchanges: z.array(exchangeSchema),
  logs: z.array(z.object({ level: z.string(), message: z.string() })),
})
export type StreamPreviewView = z.infer<typeof streamPreviewSchema>
