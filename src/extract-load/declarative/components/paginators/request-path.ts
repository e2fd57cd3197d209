import { z } from 'zod'

/** The token of a page is the address of the page. */
export const requestPathSchema = z.looseObject({ type: z.literal('RequestPath') })
