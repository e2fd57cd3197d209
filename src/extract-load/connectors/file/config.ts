import { z } from 'zod'
import { extractLoadErrors } from '../../errors.js'
import { readSettings } from '../read-settings.js'

export const formats = ['parquet', 'csv', 'json', 'jsonl', 'excel'] as const
export type FileFormat = (typeof formats)[number]

export const fileStreamSchema = z.strictObject({
  name: z.string().min(1),
  path: z.string().min(1),
  format: z.enum(formats).optional(),
  delimiter: z.string().length(1).optional(),
  sheet: z.string().min(1).optional(),
  header: z.boolean().optional(),
  skip_rows: z.number().int().min(0).optional(),
  encoding: z.string().min(1).optional(),
  bad_rows: z.enum(['fail', 'skip']).optional(),
  timeout_seconds: z.number().positive().optional(),
})
export type FileStream = z.output<typeof fileStreamSchema>

const fileConfigSchema = z.strictObject({ streams: z.array(fileStreamSchema).min(1).superRefine(refuseTwins) })

/** Two streams of one name would be loaded into one table. */
function refuseTwins(streams: readonly FileStream[], context: z.RefinementCtx): void {
  const names = streams.map((stream) => stream.name.toLowerCase())
  const at = names.findIndex((name, i) => names.indexOf(name) < i)
  if (at < 0) return
  const message = `two streams are called \`${streams[at]?.name}\`: rename one, or name both files with one pattern`
  context.addIssue({ code: 'custom', path: [at, 'name'], message })
}

/** @throws CONNECTION_INVALID */
export const readConfig = (config: Readonly<Record<string, unknown>>, file: string): readonly FileStream[] =>
  readSettings('file', fileConfigSchema, config, file).streams

/** @throws SOURCE_FILE_UNREADABLE when the ending tells nothing */
export function formatOf(stream: FileStream, path: string): FileFormat {
  if (stream.format) return stream.format
  const ending = /\.(?:(parquet|csv|tsv|jsonl|ndjson|json)(?:\.(?:gz|zst))?|(xlsx|xlsm))$/i
    .exec(path)
    ?.slice(1)
    .find(Boolean)
    ?.toLowerCase()
  const known: Readonly<Record<string, FileFormat>> = {
    parquet: 'parquet',
    csv: 'csv',
    tsv: 'csv',
    jsonl: 'jsonl',
    ndjson: 'jsonl',
    json: 'json',
    xlsx: 'excel',
    xlsm: 'excel',
  }
  const format = ending === undefined ? undefined : known[ending]
  if (format) return format
  throw extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
    message: `The format of ${path} (stream \`${stream.name}\`) cannot be told from its name.`,
    hint: `Add \`format:\` to the stream: ${formats.join(', ')}.`,
  })
}
