import { z } from 'zod'
import { requestOptionSchema } from '../requests/request-option.js'

/** How a session token goes with each request: as a key at some place, or as a bearer token. */
export const sessionTokenRequestSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('ApiKey'),
    inject_into: requestOptionSchema,
    /** May name `session_token`. */
    api_token: z.string().nullish(),
  }),
  z.looseObject({ type: z.literal('Bearer') }),
])
