import { z } from 'zod'
import { readSettings } from '../../connectors/read-settings.js'
import { s3Shape } from '../../remote-files/s3/s3-settings.js'

export const fileFormats = ['parquet', 'csv', 'jsonl'] as const
export type FileFormat = (typeof fileFormats)[number]

export const compressions = ['none', 'gzip', 'zstd', 'snappy'] as const
export type Compression = (typeof compressions)[number]

/** The bucket and what stands before the names in it. */
export const s3Path = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+([^\s].*?))?\/*$/

export const fileDestinationSchema = z
  .strictObject({
    path: z.string().min(1),
    format: z.enum(fileFormats).default('parquet'),
    compression: z.enum(compressions).optional(),
    s3: z.strictObject(s3Shape).optional(),
  })
  .refine(({ format, compression }) => compression !== 'snappy' || format === 'parquet', {
    path: ['compression'],
    message: '`snappy` is for Parquet only: take gzip or zstd',
  })
  .refine(({ path }) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || s3Path.test(path), {
    path: ['path'],
    message: 'is a folder of this machine, or s3://bucket/folder',
  })
  .refine(({ path, s3 }) => s3 === undefined || s3Path.test(path), {
    path: ['s3'],
    message: 'is for a `path` that begins with s3://',
  })
type Settings = z.output<typeof fileDestinationSchema>
export type FileDestinationConfig = Settings & { readonly compression: Compression }

/** @throws CONNECTION_INVALID */
export function readConfig(config: Readonly<Record<string, unknown>>, file: string): FileDestinationConfig {
  const settings = readSettings('file', fileDestinationSchema, config, file, 'destination')
  return { ...settings, compression: settings.compression ?? (settings.format === 'parquet' ? 'zstd' : 'none') }
}
