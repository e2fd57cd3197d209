import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { temporaryFolder } from '../../../../base/index.js'
import { NotZip, ZipFile } from '../../../file-formats/zip-file.js'
import { defineComponent, part } from '../../component.js'
import type { HttpResponse } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { requestLine } from '../../http/shown-request.js'
import { innerParser } from './inner-parser.js'

/** All files of an archive, one after another. */
export const zipfileDecoder = defineComponent({
  type: 'ZipfileDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('ZipfileDecoder'), decoder: part('decoder') }),
  build: (definition, scope) => {
    const inner = innerParser('ZipfileDecoder', scope.build('decoder', definition.decoder))
    return {
      isStreamed: false,
      async *decode(response) {
        const folder = await temporaryFolder('zip')
        try {
          // What is small when it is packed may be large: the files are read as streams.
          const file = join(folder, 'body.zip')
          await writeFile(file, await response.bytes())
          yield* filesOf(file, inner, response)
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      },
    }
  },
})

async function* filesOf(
  path: string,
  parse: ReturnType<typeof innerParser>,
  response: HttpResponse,
): AsyncIterable<readonly unknown[]> {
  const archive = await opened(path, response)
  try {
    for (const name of archive.names) {
      try {
        yield* parse(await archive.read(name), response)
      } catch (error) {
        throw failure('API_ANSWER_INVALID', {
          message: `The file \`${name}\` of an archive cannot be read: ${error instanceof Error ? error.message : String(error)}`,
          hint: 'Does the decoder inside of ZipfileDecoder fit what the archive has?',
          failureType: 'system_error',
          internalMessage: requestLine(response.request),
          cause: error,
        })
      }
    }
  } finally {
    await archive.close()
  }
}

async function opened(path: string, { request, status }: HttpResponse): Promise<ZipFile> {
  try {
    return await ZipFile.open(path)
  } catch (error) {
    if (!(error instanceof NotZip)) throw error
    throw failure('API_ANSWER_INVALID', {
      message: `A response is to be a ZIP archive, and ${error.message}.`,
      hint: 'Look at the response with `connectors preview`.',
      failureType: 'system_error',
      internalMessage: `${requestLine(request)} was answered ${status}`,
      cause: error,
    })
  }
}
