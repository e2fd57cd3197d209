import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isMapping } from '../../../../base/index.js'
import { filePath, folderName } from '../../../file-path.js'
import { defineComponent, part } from '../../component.js'
import type { Decoder, HttpResponse, RecordData, RecordExtractor } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { wholeResponse } from '../../http/response.js'
import { emptySlice } from '../../state/interval-cursor.js'
import { writeJson } from '../../values/index.js'

/** Fetches the file of each record: where it is, and what it is to be called, the record says. */
export const fileUploader = defineComponent({
  type: 'FileUploader',
  kind: 'file_uploader',
  schema: z.looseObject({
    type: z.literal('FileUploader'),
    requester: part('requester'),
    download_target_extractor: part('record_extractor'),
    /** The CDK takes the whole body too, whatever stands here. */
    file_extractor: part('record_extractor').nullish(),
    filename_extractor: z.string().nullish(),
  }),
  build: (definition, scope, { stream, primaryKey }) => {
    const targets = scope.build('record_extractor', definition.download_target_extractor, { decoder: ofRecord })
    const requester = scope.build('requester', definition.requester, {
      name: stream,
      decoder: wholeFile,
      isAuxiliary: true,
    })
    const name = definition.filename_extractor ? scope.interpolation.text(definition.filename_extractor) : undefined
    return {
      async fileOf(record) {
        const target = await targetOf(record, targets, stream)
        const response = await requester.send({
          slice: { ...emptySlice, extraFields: { download_target: target } },
        })
        if (!response) throw noFile(stream, target)
        const given = name ? filePath(name({ record })) : ''
        const of = keyOf(record, primaryKey) ?? target
        const path = given || madeName(stream, of)
        return { path: `${folderName(stream) || '_'}/${path}`, of, body: response.stream() }
      },
    }
  },
})

/** Whoever extracts from a record sees it as the body of a response. */
const ofRecord: Decoder = {
  isStreamed: false,
  async *decode(response) {
    yield [response.json()]
  },
}

/** A file is handed on as it comes, and nobody looks into it. */
const wholeFile: Decoder = {
  isStreamed: true,
  async *decode() {},
}

async function targetOf(record: RecordData, targets: RecordExtractor, stream: string): Promise<string> {
  for await (const [target] of targets.extract(asResponse(record))) {
    if (typeof target === 'string') return target
    if (target !== undefined)
      throw noTarget(stream, `finds ${writeJson(target).slice(0, 100)} where the address of a file is expected`)
  }
  throw noTarget(stream, 'finds no address in a record')
}

const asResponse = (record: RecordData): HttpResponse => ({
  ...wholeResponse({ request: { method: '', url: '', headers: [] }, url: '', status: 200, headers: new Map() }, empty),
  json: () => record,
})
const empty = new Uint8Array()

/** The values of a record's key; undefined where it has none of its own. */
function keyOf(record: RecordData, primaryKey: readonly (readonly string[])[]): string | undefined {
  const values = primaryKey.map((path) =>
    path.reduce<unknown>((at, key) => (isMapping(at) ? at[key] : undefined), record),
  )
  if (values.length === 0 || values.some((value) => value === undefined || value === null)) return undefined
  return writeJson(values)
}

/** In place of the CDK's random UUID: the same record has the same one, so that what is fetched again takes the place of what is there. */
function madeName(stream: string, what: string): string {
  const digits = createHash('sha256').update(`${stream}\n${what}`).digest('hex')
  return [8, 12, 16, 20, 32].map((end, i, ends) => digits.slice(ends[i - 1] ?? 0, end)).join('-')
}

const noTarget = (stream: string, what: string): Error =>
  failure('API_ANSWER_INVALID', {
    message: `The \`download_target_extractor\` of the stream \`${stream}\` ${what}.`,
    hint: 'Look at the records with `connectors preview`, and correct its `field_path`; or take `include_files` out of the connection to load the records alone.',
    failureType: 'system_error',
  })

const noFile = (stream: string, target: string): Error =>
  failure('API_ANSWER_INVALID', {
    message: `The API gave no answer that counts for a file of the stream \`${stream}\` (${JSON.stringify(shownTarget(target))}).`,
    hint: 'An error handler of its `file_uploader` ignores such answers; let it fail or retry instead.',
    failureType: 'system_error',
  })

/** An address that is signed for who asks is a secret in its query. */
const shownTarget = (target: string) => target.replace(/\?.*/s, '?…')
