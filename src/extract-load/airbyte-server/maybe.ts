import { z } from 'zod'

/** What is not there is left out by some versions of the server, and null in others. */
export const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

/** A number, or a text with one. */
export const count = maybe(z.coerce.number())
