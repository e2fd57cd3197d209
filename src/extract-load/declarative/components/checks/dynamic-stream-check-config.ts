import { z } from 'zod'

/** How many of the streams that a dynamic one makes are checked. */
export const dynamicStreamCheckConfigSchema = z.looseObject({
  type: z.literal('DynamicStreamCheckConfig'),
  dynamic_stream_name: z.string(),
  stream_count: z.int().optional(),
})
