import type { FileBatch } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import { misfitText } from './detect-types.js'

/** A value or a key that the first rows of its file gave no reason to expect. */
export function isMisfit(error: unknown): boolean {
  return messagesOf(error).some((message) => message.includes(misfitText) || message.includes('has unknown key'))
}

/** The error's own message and those of what caused it. */
function messagesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...messagesOf(error.cause)] : []
}

/** A reader's failure, with the file and, where DuckDB knows it, the line. Other errors stay as they are. */
export function readError(error: unknown, batch: FileBatch): unknown {
  const access = accessError(error, batch)
  if (access) return access
  if ((error as { code?: string }).code !== 'WAREHOUSE_SQL') return error
  const text = (error as Error).message.replaceAll(batch.path, batch.url)
  const line = lineOf(text)
  return extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
    message: `${batch.url} cannot be read as ${batch.format}: ${reasonOf(text)}`,
    at: { file: batch.url, ...(line === undefined ? {} : { line }) },
    hint: hintOf(text, batch),
    cause: error,
  })
}

/** A file that went away since it was found, or that may not be read. */
function accessError(error: unknown, { url }: FileBatch): unknown {
  const { code, message } = error as { code?: string; message: string }
  if (code === 'ENOENT' || (code === 'WAREHOUSE_SQL' && message.includes('No files found that match')))
    return extractLoadErrors.create('SOURCE_FILE_NOT_FOUND', {
      message: `${url} was there when the sync began and is gone now.`,
      at: { file: url },
      hint: 'Sync again once whoever moves the files is done. Nothing was loaded.',
      cause: error,
    })
  if (code === 'EACCES' || code === 'EPERM' || (code === 'WAREHOUSE_SQL' && message.includes('Permission denied')))
    return extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
      message: `${url} may not be read: permission denied.`,
      at: { file: url },
      hint: 'Give the user that runs Millrace the right to read the file.',
      cause: error,
    })
  return undefined
}

/** DuckDB counts the line of malformed JSON from behind it, all others from 1. */
function lineOf(text: string): number | undefined {
  const csv = /CSV Error on Line: (\d+)/.exec(text)?.[1]
  if (csv !== undefined) return Number(csv)
  const json = /in line (\d+)/i.exec(text)?.[1]
  if (json === undefined) return undefined
  return text.includes('Malformed JSON') ? Math.max(1, Number(json) - 1) : Number(json)
}

/** The first line without DuckDB's own place in it, and of a CSV error the line that says what is wrong. */
function reasonOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  const first = (lines[0] ?? '').replace(/^(?:Invalid Input|IO|Conversion) Error: /, '')
  if (text.includes(misfitText)) return 'it changed while it was read'
  if (first.startsWith('The CSV Parser state machine')) return 'its line ends or quotes change on the way'
  if (!/^CSV Error on Line/.test(first)) return first.replace(/,? in line \d+/, '')
  return lines.find((line, i) => i > 0 && line !== '' && !line.startsWith('Original Line')) ?? first
}

export const encodingHint =
  'Say in which encoding the file is: `encoding: latin1` (or windows-1252, utf-16le, …) on the stream.'

function hintOf(text: string, { format, options }: FileBatch): string {
  if (/utf-?8|unicode|encoding/i.test(text)) return encodingHint
  if (text.includes(misfitText)) return 'Sync again once whoever writes the file is done.'
  if (/state machine/.test(text))
    return 'Write the file with one kind of line ends (\\n or \\r\\n) and quotes around whole values.'
  if (/maximum_object_size|max(?:imum)? line size/i.test(text)) return 'Split the value, or give the data as Parquet.'
  if (format === 'jsonl' && options.badRows === 'fail')
    return 'Mend the file, or set `bad_rows: skip` on the stream to leave such lines out; they are counted and logged then. Nothing was loaded.'
  return 'Check that the file is whole and of this format; set `format` or `delimiter` of the stream when they were told wrongly.'
}
