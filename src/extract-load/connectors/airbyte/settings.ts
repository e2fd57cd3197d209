import { z } from 'zod'
import { programSettingsSchema, withOneProgram } from '../../connector-program/settings.js'
import { programSettingsSpec } from '../../connector-program/spec.js'
import type { JsonSchema } from '../../contract.js'
import { readSettings } from '../read-settings.js'

export const sourceSettingsSchema = programSettingsSchema.extend({
  catalog_max_age_minutes: z.number().nonnegative().default(0),
})

export type SourceSettings = z.output<typeof sourceSettingsSchema>
const oneProgram = withOneProgram(sourceSettingsSchema)

/** @param file the connection's @throws CONNECTION_INVALID */
export const readSourceSettings = (config: Readonly<Record<string, unknown>>, file: string): SourceSettings =>
  readSettings('airbyte', oneProgram, config, file, 'source')

const { properties, ...ofProgram } = programSettingsSpec('source')

/** What people and forms are told about the settings; `sourceSettingsSchema` is what holds. A test ties the two. */
export const sourceSettingsSpec: JsonSchema = {
  ...ofProgram,
  properties: {
    ...(properties as JsonSchema),
    catalog_max_age_minutes: {
      type: 'number',
      title: 'Age of the catalog',
      description:
        'For how long syncs may go by a catalog that the connector gave before: to ask for it takes some connectors as long as to read. New fields are seen that much later. 0: it is asked by every sync.',
      minimum: 0,
      default: 0,
      order: 5,
      examples: [60],
    },
  },
}
