import { z } from 'zod'
import { extractLoadErrors } from '../../errors.js'

const formats = ['parquet', 'csv', 'json', 'jsonl'] as const
export type FileFormat = (typeof formats)[number]

export const fileStreamSchema = z.strictObject({
  name: z.string().min(1),
  path: z.string().min(1),
  format: z.enum(formats).optional(),
  delimiter: z.string().length(1).optional(),
  header: z.boolean().optional(),
  bad_rows: z.enum(['fail', 'skip']).optional(),
})
export const fileConfigSchema = z.strictObject({ streams: z.array(fileStreamSchema).min(1) })
export type FileStream = z.output<typeof fileStreamSchema>

/** @throws CONNECTION_INVALID */
export function readConfig(config: Readonly<Record<string, unknown>>, file: string): readonly FileStream[] {
  const parsed = fileConfigSchema.safeParse(config)
  if (parsed.success) return parsed.data.streams
  const [issue] = parsed.error.issues
  throw extractLoadErrors.create('CONNECTION_INVALID', {
    message: `\`source.config.${(issue?.path ?? []).join('.')}\`: ${issue?.message ?? 'not valid'}`,
    at: { file },
    hint: '`millrace connectors spec file` prints what the connector takes.',
  })
}

/** @throws SOURCE_FILE_UNREADABLE when the ending tells nothing */
export function formatOf(stream: FileStream, path: string): FileFormat {
  if (stream.format) return stream.format
  const ending = /\.(parquet|csv|tsv|jsonl|ndjson|json)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase()
  const known: Readonly<Record<string, FileFormat>> = {
    parquet: 'parquet',
    csv: 'csv',
    tsv: 'csv',
    jsonl: 'jsonl',
    ndjson: 'jsonl',
    json: 'json',
  }
  const format = ending === undefined ? undefined : known[ending]
  if (format) return format
  throw extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
    message: `The format of ${path} (stream \`${stream.name}\`) cannot be told from its name.`,
    hint: `Add \`format:\` to the stream: ${formats.join(', ')}.`,
  })
}

export const fileSpec = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['streams'],
  properties: {
    streams: {
      type: 'array',
      title: 'Streams',
      order: 0,
      items: {
        type: 'object',
        required: ['name', 'path'],
        properties: {
          name: { type: 'string', title: 'Name', order: 0 },
          path: {
            type: 'string',
            title: 'Path',
            order: 1,
            description:
              'A file or a pattern (*, **, ?) relative to the project, an http(s) address, or npm:<package>/<path> for a file of an installed package.',
            examples: ['data/*.csv', 'https://example.com/orders.parquet', 'npm:vega-datasets/data/airports.csv'],
          },
          format: {
            type: 'string',
            title: 'Format',
            enum: formats,
            order: 2,
            description: 'Told from the ending when left out.',
          },
          delimiter: { type: 'string', title: 'Delimiter', order: 3, description: 'CSV: detected when left out.' },
          header: {
            type: 'boolean',
            title: 'Header',
            default: true,
            order: 4,
            description: 'CSV: the first line holds the names.',
          },
          bad_rows: {
            type: 'string',
            title: 'Bad rows',
            enum: ['fail', 'skip'],
            default: 'fail',
            order: 5,
            description:
              'CSV: a row with too many or too few values ends the sync, or is left out, counted and logged.',
          },
        },
      },
    },
  },
} as const
