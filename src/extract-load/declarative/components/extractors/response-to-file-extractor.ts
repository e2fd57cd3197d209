import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { RecordData } from '../../component-contract.js'
import { unpackedByContent } from '../../http/content-encoding.js'
import { batchSize } from '../decoders/batches.js'
import { CsvRows } from '../decoders/csv-rows.js'
import { readableBody } from '../decoders/readable-body.js'
import { pieceDecoder, textChunks } from '../decoders/text-chunks.js'
import { cutOff, tableRows } from './table-rows.js'

/**
 * Reads the CSV that an asynchronous job leaves behind. The CDK keeps it in a file, since pandas takes its time; here rows go on while the
 * rest of the body comes, and nothing is kept.
 */
export const responseToFileExtractor = defineComponent({
  type: 'ResponseToFileExtractor',
  kind: 'record_extractor',
  schema: z.looseObject({ preserve_na_values: z.boolean().optional() }),
  build: ({ preserve_na_values: keepsWords = false }, { services }) => ({
    isStreamed: true,
    async *extract(response) {
      const rows = new CsvRows(',')
      const toRecord = tableRows(keepsWords)
      let batch: RecordData[] = []
      const take = (row: string[]) => {
        const record = toRecord(row)
        if (record) batch.push(record)
      }
      const body = readableBody(unpackedByContent(response.stream()), response, 'CSV', services)
      for await (const text of textChunks(body, () => pieceDecoder('utf-8-sig'))) {
        rows.push(text.includes('\0') ? text.replaceAll('\0', '') : text, take)
        if (batch.length < batchSize) continue
        yield batch
        batch = []
      }
      rows.end(take)
      if (rows.isCutOff) throw cutOff()
      if (batch.length > 0) yield batch
    },
  }),
})
