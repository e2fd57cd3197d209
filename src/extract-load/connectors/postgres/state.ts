import { z } from 'zod'

const schema = z.looseObject({
  cursor_field: z.string().optional(),
  /** The highest value that is committed, as the server prints it. */
  cursor: z.string().optional(),
})
export type PostgresState = z.output<typeof schema>

/** A state of another shape reads as none: everything is loaded again. */
export function readPostgresState(state: unknown): PostgresState {
  const parsed = schema.safeParse(state ?? {})
  return parsed.success ? parsed.data : {}
}
