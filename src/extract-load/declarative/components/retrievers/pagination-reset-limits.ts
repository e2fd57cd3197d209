import { z } from 'zod'

export const paginationResetLimitsSchema = z.looseObject({
  type: z.literal('PaginationResetLimits').optional(),
  number_of_records: z.int().optional(),
})
