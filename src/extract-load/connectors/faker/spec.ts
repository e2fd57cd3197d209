import type { JsonSchema } from '../../contract.js'

/** What people and forms are told about the settings; `fakerConfigSchema` is what holds. A test ties the two. */
export const fakerSpec: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Sample data',
  type: 'object',
  required: [],
  additionalProperties: false,
  properties: {
    count: {
      type: 'integer',
      title: 'Count',
      description: 'How many users there are. Ten of them make ten purchases; of products there are always a hundred.',
      minimum: 1,
      maximum: 2 ** 31 - 1,
      default: 1000,
      order: 0,
      examples: [1_000_000],
    },
    seed: {
      type: 'integer',
      title: 'Seed',
      description: 'The same number gives the same rows, today and anywhere; another one gives others.',
      default: -1,
      order: 1,
      examples: [42],
    },
    always_updated: {
      type: 'boolean',
      title: 'Always updated',
      description:
        'Every sync reads all rows again, with its own time as `updated_at`. Without it, an incremental sync reads the rows that a higher `count` brings.',
      default: false,
      order: 2,
      examples: [true],
    },
  },
}
