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
  const first = schema.safeParse(config)
  if (first.success) return first.data
  const parsed = schema.safeParse(withMeantTypes(config, first.error.issues))
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

/** What comes from a variable of the environment is a text; where a number or a truth value is needed, that is what it means. */
function withMeantTypes(
  config: Readonly<Record<string, unknown>>,
  issues: readonly z.core.$ZodIssue[],
): Readonly<Record<string, unknown>> {
  const copy = structuredClone(config)
  for (const issue of issues) {
    if (issue.code !== 'invalid_type') continue
    const parent = issue.path.slice(0, -1).reduce<unknown>((value, key) => (value as never)?.[key], copy)
    const key = issue.path.at(-1)
    if (key === undefined || typeof parent !== 'object' || parent === null) continue
    const record = parent as Record<PropertyKey, unknown>
    const meant = meantValue(record[key], issue.expected)
    if (meant !== undefined) record[key] = meant
  }
  return copy
}

function meantValue(value: unknown, expected: string): unknown {
  if (typeof value !== 'string') return undefined
  if ((expected === 'number' || expected === 'int') && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  return expected === 'boolean' && (value === 'true' || value === 'false') ? value === 'true' : undefined
}
