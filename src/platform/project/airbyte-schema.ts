import { z } from 'zod'

const text = z.string().min(1)

/** A server of Airbyte whose connections belong to the project. */
export const airbyteServerSchema = z.strictObject({
  /** Of its page. A user in it would not be sent. */
  url: z
    .url({ protocol: /^https?$/ })
    .refine(
      (url) => !/^[a-z]+:\/*[^/?#]*@/i.test(url),
      'name the user in `username` and `password`, not in the address',
    ),
  client_id: text.optional(),
  client_secret: text.optional(),
  username: text.optional(),
  password: text.optional(),
  token: text.optional(),
  /** Name or id; all that one may see when left out. */
  workspace: text.optional(),
  /** Names or ids, with `*` for anything. */
  connections: z.array(text).min(1).optional(),
  /** Durations. */
  refresh_interval: text.optional(),
  poll_interval: text.optional(),
  patience: text.optional(),
  /** By the name or id of a connection: when it is synced from here. */
  schedules: z
    .record(text, z.strictObject({ cron: z.union([text, z.array(text).min(1)]), timezone: text.optional() }))
    .optional(),
})

export const airbyteSchema = z.record(
  z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'use letters, digits, - and _; start with a letter'),
  airbyteServerSchema,
)
