import type { z } from 'zod'
import { invalidSetting } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'

/**
 * A connector's config by its own schema.
 * @param file the connection's file, for errors; the path of what is wrong goes along, so that its line can be found
 * @throws CONNECTION_INVALID
 */
export function readSettings<Schema extends z.ZodType>(
  connector: string,
  schema: Schema,
  config: Readonly<Record<string, unknown>>,
  file: string,
  end: 'source' | 'destination' = 'source',
): z.output<Schema> {
  const parsed = schema.safeParse(config)
  if (parsed.success) return parsed.data
  const { message, meant, known, path } = invalidSetting(schema, config, parsed.error.issues[0], [end, 'config'])
  throw extractLoadErrors.create('CONNECTION_INVALID', {
    message,
    at: { file },
    hint: [
      meant,
      known.length > 0 && `Settings here: ${known.join(', ')}.`,
      end === 'source'
        ? `\`millrace connectors show ${connector}\` and docs/connectors/${connector}.md say what the connector takes.`
        : `\`millrace connectors show destination-${connector}\` and docs/destinations/${connector}.md say what the destination takes.`,
    ]
      .filter(Boolean)
      .join(' '),
    data: { path },
  })
}
