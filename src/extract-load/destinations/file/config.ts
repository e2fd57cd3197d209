import { z } from 'zod'
import { readSettings } from '../../connectors/read-settings.js'

export const fileFormats = ['parquet', 'csv', 'jsonl'] as const
export type FileFormat = (typeof fileFormats)[number]

export const compressions = ['none', 'gzip', 'zstd', 'snappy'] as const
export type Compression = (typeof compressions)[number]

export const fileDestinationSchema = z
  .strictObject({
    path: z.string().min(1),
    format: z.enum(fileFormats).default('parquet'),
    compression: z.enum(compressions).optional(),
  })
  .refine(({ format, compression }) => compression !== 'snappy' || format === 'parquet', {
    path: ['compression'],
    message: '`snappy` is for Parquet only: take gzip or zstd',
  })
  .refine(({ path }) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(path), {
    path: ['path'],
    message: 'only folders of this machine can be written yet, no addresses',
  })
type Settings = z.output<typeof fileDestinationSchema>
export type FileDestinationConfig = Settings & { readonly compression: Compression }

/** @throws CONNECTION_INVALID */
export function readConfig(config: Readonly<Record<string, unknown>>, file: string): FileDestinationConfig {
  const settings = readSettings('file', fileDestinationSchema, config, file, 'destination')
  return { ...settings, compression: settings.compression ?? (settings.format === 'parquet' ? 'zstd' : 'none') }
}
