import { z } from 'zod'

/** What was read, in the words of Airbyte's connector. */
const schema = z.looseObject({
  seed: z.number(),
  /** Of the last row. */
  updated_at: z.string(),
  /** How many users there were. */
  loop_offset: z.number().int().min(0),
})
export type FakerState = z.output<typeof schema>

/** A state of another shape reads as none: everything is read again. */
export const readFakerState = (state: unknown): FakerState | undefined => schema.safeParse(state ?? {}).data
