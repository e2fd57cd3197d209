import { z } from 'zod'
import { emptySchema } from './access.js'
import type { Operation } from './operation.js'

/** GET /api/secrets */
const secretSchema = z.object({
  name: z.string(),
  /** `missing`: it is named, and nowhere; `overridden`: the environment has another, which is taken; `unreadable`: encrypted with another key. */
  status: z.enum(['set', 'overridden', 'unreadable', 'missing']),
  updatedAt: z.string().optional(),
  /** Who set it last. */
  updatedBy: z.string().optional(),
  /** Connections whose files name it, and ends of connections that clients of Airbyte made. */
  usedBy: z.array(z.object({ kind: z.enum(['connection', 'source', 'destination']), name: z.string() })),
})
export type SecretView = z.infer<typeof secretSchema>
export const secretsSchema = z.object({ secrets: z.array(secretSchema) })
export type SecretsView = z.infer<typeof secretsSchema>

const valueSchema = z.string().max(100_000)

/** PUT /api/secrets/{name} */
export const secretValueSchema = z.strictObject({ value: valueSchema })

/** PUT /api/secrets */
export const secretValuesSchema = z.strictObject({ values: z.record(z.string(), valueSchema) })

export const secretsSetSchema = z.object({
  /** What is to be said about them: that no other machine can read them. */
  warning: z.string().optional(),
})
export type SecretsSet = z.infer<typeof secretsSetSchema>

export const secretOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/secrets',
    role: 'admin',
    group: 'Connections',
    summary: 'Secrets that are kept for connections, without what they say, and those that are missing',
    response: secretsSchema,
  },
  {
    method: 'put',
    path: '/secrets/{name}',
    role: 'admin',
    group: 'Connections',
    summary: 'Keeps a secret, encrypted, in the place of what it was; connections that name it have it at once',
    request: secretValueSchema,
    response: secretsSetSchema,
  },
  {
    method: 'put',
    path: '/secrets',
    role: 'admin',
    group: 'Connections',
    summary: 'Keeps several secrets, by their names, all of them or none',
    request: secretValuesSchema,
    response: secretsSetSchema,
  },
  {
    method: 'delete',
    path: '/secrets/{name}',
    role: 'admin',
    group: 'Connections',
    summary: 'Forgets a secret; connections that name it cannot be read without',
    response: emptySchema,
  },
]
