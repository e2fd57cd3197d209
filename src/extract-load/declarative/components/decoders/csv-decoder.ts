import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { HttpResponse, PackedFields } from '../../component-contract.js'
import { setKey } from '../../dpath/index.js'
import { failure } from '../../failure.js'
import { batchSize } from './batches.js'
import { readInBlocks } from './byte-blocks.js'
import { CsvRows } from './csv-rows.js'
import { PackedCsv } from './packed-csv.js'
import { readableBody } from './readable-body.js'
import { pieceDecoder, textChunks, utf8Of, wholeText } from './text-chunks.js'

export const csvDecoder = defineComponent({
  type: 'CsvDecoder',
  kind: 'decoder',
  schema: z.looseObject({
    type: z.literal('CsvDecoder'),
    encoding: z.string().nullish(),
    delimiter: z.string().nullish(),
    set_values_to_none: z.array(z.string()).nullish(),
  }),
  build: (definition, { services }) => {
    const delimiter = delimiterOf(definition.delimiter)
    const nones = new Set(definition.set_values_to_none)
    const decoder = () => pieceDecoder(definition.encoding ?? 'utf-8')
    // Says now what it does not know.
    decoder()
    const asCsv = (body: AsyncIterable<Uint8Array>, response: HttpResponse) =>
      readableBody(body, response, 'CSV', services)
    const parse = (body: AsyncIterable<Uint8Array>, response: HttpResponse) =>
      records(textChunks(asCsv(body, response), decoder), delimiter, nones)
    const encoding = utf8Of(definition.encoding ?? 'utf-8')
    return {
      isStreamed: true,
      parse,
      decode: (response) => parse(response.stream(), response),
      // A cell that is to be nothing is a value to templates.
      ...(encoding && nones.size === 0 && delimiter < '\x7f'
        ? {
            parsePacked: (body, response, fields) =>
              readInBlocks(asCsv(body, response), packedCsv(delimiter, fields, encoding)),
          }
        : {}),
    }
  },
})

function packedCsv(delimiter: string, fields: PackedFields, { dropsMark }: { readonly dropsMark: boolean }): PackedCsv {
  const rowsOf = (text: string) => {
    const rows = new CsvRows(delimiter)
    const all: string[][] = []
    rows.push(text, (row) => all.push(row))
    rows.end((row) => all.push(row))
    return all
  }
  const whole = (names: readonly string[], row: readonly string[]) => record(names, row, noNones)
  return new PackedCsv({ delimiter, fields, whole, rowsOf, textOf: wholeText }, dropsMark)
}

const noNones: ReadonlySet<string> = new Set()

const escapes: Readonly<Record<string, string>> = { '\\t': '\t', '\\n': '\n', '\\r': '\r', '\\\\': '\\', '\\0': '\0' }

/** `\t` and other escapes are written out in manifests. */
function delimiterOf(given: string | null | undefined): string {
  const delimiter = given?.startsWith('\\')
    ? (escapes[given] ??
      given.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/gi, (_whole, short, long) =>
        String.fromCharCode(Number.parseInt(short ?? long, 16)),
      ))
    : given || ','
  if (delimiter.length === 1 && !'"\r\n'.includes(delimiter)) return delimiter
  throw failure('MANIFEST_INVALID', {
    message: `A CsvDecoder has the delimiter \`${given}\`; it must be one character, and neither a quote nor a line end.`,
    hint: 'Write `,`, `;`, `|` or `\\t`, for example.',
    failureType: 'system_error',
  })
}

/** By the first row's names: what a row lacks is null, what it has too many of stands under `null`. */
async function* records(
  text: AsyncIterable<string>,
  delimiter: string,
  nones: ReadonlySet<string>,
): AsyncIterable<readonly unknown[]> {
  const rows = new CsvRows(delimiter)
  let names: string[] | undefined
  let batch: Record<string, unknown>[] = []
  const take = (row: string[]) => {
    if (names === undefined) names = row
    else if (row.length > 0) batch.push(record(names, row, nones))
  }
  for await (const piece of text) {
    rows.push(piece, take)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  rows.end(take)
  if (batch.length > 0) yield batch
}

function record(names: readonly string[], row: readonly string[], nones: ReadonlySet<string>): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (let i = 0; i < names.length; i++) {
    const cell = row[i]
    setKey(made, names[i] as string, cell === undefined || (nones.size > 0 && nones.has(cell)) ? null : cell)
  }
  if (row.length > names.length) made.null = row.slice(names.length)
  return made
}
