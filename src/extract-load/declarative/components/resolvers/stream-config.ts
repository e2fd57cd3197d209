import { z } from 'zod'

/** Where in the settings the items of dynamic streams stand. */
export const streamConfigSchema = z.looseObject({
  type: z.literal('StreamConfig'),
  configs_pointer: z.array(z.string()),
  default_values: z.array(z.unknown()).optional(),
  $parameters: z.record(z.string(), z.unknown()).optional(),
})

export type StreamConfigDefinition = z.infer<typeof streamConfigSchema>
