import { z } from 'zod'
import { extractLoadErrors } from '../../errors.js'
import { s3Shape } from '../../remote-files/s3/s3-settings.js'
import { readSettings } from '../read-settings.js'
import { addressProblem } from './address.js'

export const formats = ['parquet', 'csv', 'json', 'jsonl', 'excel'] as const
export type FileFormat = (typeof formats)[number]

export const fileStreamSchema = z.strictObject({
  name: z.string().min(1),
  path: z
    .string()
    .min(1)
    .superRefine((path, context) => {
      const message = addressProblem(path)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    }),
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

/** How the places are reached that files are read from: once for all streams. Airbyte's names, where it has some. */
export const placesSchema = z.strictObject({
  s3: z.strictObject({ ...s3Shape, anonymous: z.boolean().optional() }).optional(),
  gcs: z
    .strictObject({
      service_account_json: z.string().min(1).optional(),
      endpoint: s3Shape.endpoint,
    })
    .optional(),
  sftp: z
    .strictObject({
      username: z.string().min(1).optional(),
      password: z.string().min(1).optional(),
      private_key: z.string().min(1).optional(),
      known_hosts: z.string().min(1).optional(),
    })
    .refine(({ password, private_key: key }) => password === undefined || key === undefined, {
      path: ['password'],
      message: '`password` and `private_key` are two ways to log in: set one of them',
    })
    .optional(),
})

const fileConfigSchema = placesSchema.extend({ streams: z.array(fileStreamSchema).min(1).superRefine(refuseTwins) })
export type FileConfig = z.output<typeof fileConfigSchema>

/** Two streams of one name would be loaded into one table. */
function refuseTwins(streams: readonly FileStream[], context: z.RefinementCtx): void {
  const names = streams.map((stream) => stream.name.toLowerCase())
  const at = names.findIndex((name, i) => names.indexOf(name) < i)
  if (at < 0) return
  const message = `two streams are called \`${streams[at]?.name}\`: rename one, or name both files with one pattern`
  context.addIssue({ code: 'custom', path: [at, 'name'], message })
}

/** @throws CONNECTION_INVALID */
export const readConfig = (config: Readonly<Record<string, unknown>>, file: string): FileConfig =>
  readSettings('file', fileConfigSchema, config, file)

const defaultTimeoutSeconds = 60

/** How long the server of a stream may be silent. */
export const timeoutMsOf = (stream: FileStream) => (stream.timeout_seconds ?? defaultTimeoutSeconds) * 1000

/** @throws SOURCE_FILE_UNREADABLE when the ending tells nothing */
export function formatOf(stream: FileStream, path: string): FileFormat {
  if (stream.format) return stream.format
  const ending = /\.(?:(parquet|csv|tsv|jsonl|ndjson|json)(?:\.(?:gz|zst|zip))?|(xlsx|xlsm))$/i
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
