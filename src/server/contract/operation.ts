import type { z } from 'zod'
import type { Role } from './access.js'

/** `signature`: a sender of a webhook, who is no user and proves to know its secret. */
export type OperationRole = 'public' | 'signature' | Role

/** One call of the API. Parameters in the path are written `{name}`. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  readonly path: string
  /** Who may, and everybody above: `public` needs no login. A route that has none here is refused. */
  readonly role: OperationRole
  readonly group: 'Overview' | 'Assets' | 'Runs' | 'Connections' | 'Automation' | 'Models' | 'Query' | 'Access'
  readonly summary: string
  /** Query parameters with what they mean. */
  readonly query?: Readonly<Record<string, string>>
  readonly request?: z.ZodType
  readonly response: z.ZodType
  /** Answers server-sent events, each with `response` as JSON. */
  readonly isStream?: boolean
}

/** Of lists that go on. */
export const paging = { limit: 'At most this many', before: 'Older than the one with this id' }
