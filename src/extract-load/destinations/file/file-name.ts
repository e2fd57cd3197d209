import { nameOfDraft } from '../recorded/local-store.js'
import type { FileDestinationConfig } from './config.js'

const compressedEndings = { none: '', gzip: '.gz', zstd: '.zst', snappy: '' } as const

/** Of a Parquet file the compression is within. */
const endingOf = ({ format, compression }: FileDestinationConfig) =>
  format === 'parquet' ? '.parquet' : `.${format}${compressedEndings[compression]}`

/** What a table is called as a folder: nothing that leads elsewhere, or that readers of folders pass over. */
export const folderOf = (table: string): string =>
  table.replace(/[^\p{L}\p{N}_.@ -]|^[._]|[. ]$/gu, (character) => encodeURIComponent(character).replace(/^[^%]/, hex))

const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

interface Numbers {
  readonly syncId: number
  /** Counts the files of one sync, from 1. */
  readonly sequence: number
  /** Tells apart what two syncs write that cannot hold each other off. */
  readonly attempt?: string | undefined
}

const padded = (number: number, length: number) => String(number).padStart(length, '0')

/**
 * The name of a file in the folder of its table. One that holds the whole stream is always called the same, and takes the place of the
 * one before; others are called by their sync, so that a load which is repeated after a crash takes the place of what it left.
 */
export const fileName = (folder: string, config: FileDestinationConfig, numbers: Numbers | undefined): string =>
  numbers
    ? `${[folder, padded(numbers.syncId, 6), padded(numbers.sequence, 4), ...(numbers.attempt === undefined ? [] : [numbers.attempt])].join('-')}${endingOf(config)}`
    : `${folder}${endingOf(config)}`

/** Whether a file of a table's folder is one that `fileName` calls so, or the draft of one. */
export function isOwnFile(folder: string, name: string): boolean {
  const bare = nameOfDraft(name) ?? name
  if (!bare.startsWith(folder)) return false
  return /^(-\d{6,}-\d{4,}(-[0-9a-f]{8})?)?\.(parquet|(csv|jsonl)(\.gz|\.zst)?)$/.test(bare.slice(folder.length))
}

/** What DuckDB's readers must be told of a file by its name. */
export function formatOf(name: string): FileDestinationConfig['format'] {
  if (name.endsWith('.parquet')) return 'parquet'
  return /\.csv(\.|$)/.test(name) ? 'csv' : 'jsonl'
}
