import { z } from 'zod'

/** The parameters of each dynamic stream. */
export const streamParametersDefinitionSchema = z.looseObject({
  type: z.literal('StreamParametersDefinition'),
  list_of_parameters_for_stream: z.array(z.record(z.string(), z.unknown())),
})
