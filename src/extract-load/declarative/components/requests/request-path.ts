import { z } from 'zod'

/** In place of a RequestOption: the value is where the next request goes. */
export const requestPathSchema = z.looseObject({ type: z.literal('RequestPath') })
