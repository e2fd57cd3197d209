import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { metastoreErrors } from '../errors.js'

/**
 * A backup is text behind gzip, a JSON value a line: the head, then for each table a line with its name and one for each row as
 * `row_to_json` has it, then the end. What lacks the end is not whole.
 */
const headSchema = z.object({
  millrace: z.literal('backup of the metadata store'),
  format: z.literal(1),
  /** Of the program that wrote it. */
  version: z.string(),
  madeAt: z.string(),
  /** Which the tables had been through. */
  migrations: z.array(z.string()),
})
export type BackupHead = z.infer<typeof headSchema>

const tableSchema = z.object({ table: z.string() })

const endSchema = z.object({
  end: z.object({
    rows: z.number(),
    /** The last number of each sequence, by the table and the column that it counts. */
    sequences: z.array(z.object({ table: z.string(), column: z.string(), last: z.string() })),
  }),
})
export type BackupEnd = z.infer<typeof endSchema>['end']

/** What a backup holds, in its order; rows as they are in the file, as JSON. */
export type BackupPart =
  | { readonly type: 'head'; readonly head: BackupHead }
  | { readonly type: 'table'; readonly table: string }
  | { readonly type: 'row'; readonly json: string }
  | { readonly type: 'end'; readonly end: BackupEnd }

export const headOf = (version: string, madeAt: string, migrations: readonly string[]): BackupHead => ({
  millrace: 'backup of the metadata store',
  format: 1,
  version,
  madeAt,
  migrations: [...migrations],
})

/** Writes a file as a whole or not at all; only its owner reads it. @returns its size in bytes @throws METASTORE_BACKUP */
export async function writeBackupFile(path: string, parts: AsyncIterable<BackupPart>): Promise<number> {
  const partial = `${path}.${process.pid}.part`
  try {
    await pipeline(
      Readable.from(linesOf(parts)),
      createGzip(),
      createWriteStream(partial, { mode: 0o600, flags: 'wx' }),
    )
    const { size } = await stat(partial)
    await rename(partial, path)
    return size
  } catch (thrown) {
    await rm(partial, { force: true })
    throw fileProblem(thrown, `The backup cannot be written to ${path}`)
  }
}

async function* linesOf(parts: AsyncIterable<BackupPart>): AsyncGenerator<string> {
  for await (const part of parts)
    switch (part.type) {
      case 'head':
        yield `${JSON.stringify(part.head)}\n`
        break
      case 'table':
        yield `${JSON.stringify({ table: part.table })}\n`
        break
      case 'row':
        // A row is known by its first sign: no other line is a list.
        yield `[${part.json}]\n`
        break
      case 'end':
        yield `${JSON.stringify({ end: part.end })}\n`
    }
}

/** Reads what was written so. @throws METASTORE_BACKUP for what is no backup, or not whole */
export async function* readBackupFile(path: string): AsyncGenerator<BackupPart> {
  const input = createReadStream(path)
  const text = createGunzip()
  const reading = pipeline(input, text)
  reading.catch((error: Error) => text.destroy(error))
  let rows = 0
  let last: BackupPart['type'] | undefined
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
      const part = partOf(line, last)
      last = part.type
      if (part.type === 'row') rows++
      if (part.type === 'end' && part.end.rows !== rows) throw new Malformed(`it has ${rows} rows of ${part.end.rows}`)
      yield part
    }
    await reading
    if (last !== 'end') throw new Malformed('it ends in the middle')
  } catch (thrown) {
    throw fileProblem(thrown, `${path} cannot be restored`)
  } finally {
    input.destroy()
    text.destroy()
  }
}

function partOf(line: string, last: BackupPart['type'] | undefined): BackupPart {
  if (last === 'end') throw new Malformed('something stands behind its end')
  if (last !== undefined && line.startsWith('[')) return { type: 'row', json: line.slice(1, -1) }
  const value: unknown = JSON.parse(line)
  if (last === undefined) {
    const head = headSchema.safeParse(value)
    if (!head.success) throw new Malformed('it does not begin as a backup of the metadata store')
    return { type: 'head', head: head.data }
  }
  const table = tableSchema.safeParse(value)
  if (table.success) return { type: 'table', table: table.data.table }
  return { type: 'end', end: endSchema.parse(value).end }
}

/** What is wrong with what stands in a file. */
class Malformed extends Error {}

/** What the file system, gzip or the file itself says; all else passes. */
function fileProblem(thrown: unknown, what: string): unknown {
  const why = reasonOf(thrown)
  if (why === undefined) return thrown
  return metastoreErrors.create('METASTORE_BACKUP', {
    message: `${what}: ${why}.`,
    hint: 'A backup is what `millrace backup` has written. Name the file, and look at its folder.',
    cause: thrown,
  })
}

function reasonOf(thrown: unknown): string | undefined {
  if (thrown instanceof Malformed) return thrown.message
  if (thrown instanceof SyntaxError || thrown instanceof z.ZodError) return 'a line is none of a backup'
  const code = (thrown as NodeJS.ErrnoException | null)?.code ?? ''
  if (code.startsWith('Z_')) return 'it is no gzip file, or not whole'
  if (code === 'ENOENT') return 'it, or its folder, is not there'
  return /^E[A-Z]+$/.test(code) ? `the system refuses (${code})` : undefined
}
