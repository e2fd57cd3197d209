import { RecordWriter } from '../../../src/extract-load/connectors/declarative/read/record-writer.js'
import type { RecordData } from '../../../src/extract-load/declarative/component-contract.js'
import { numbersOfMember, numbersOfRecord } from '../../../src/extract-load/protocol/scan-record.js'
import { jsonValue } from './values.js'

/** Records as a sync hands them to a destination, put together again from the places of their values. */
export function packedRecords(records: readonly RecordData[]): RecordData[] {
  return new RecordWriter().write(records, 0).flatMap(({ bytes, places, rows }) => {
    const text = (start = 0, end = 0) => bytes.toString('utf8', start, end)
    let at = 0
    return Array.from({ length: rows }, () => {
      const membersEnd = at + numbersOfRecord + (places[at] ?? 0) * numbersOfMember
      const members: string[] = []
      for (at += numbersOfRecord; at < membersEnd; at += numbersOfMember)
        members.push(`"${text(places[at], places[at + 1])}":${text(places[at + 2], places[at + 3])}`)
      return jsonValue(`{${members.join(',')}}`) as RecordData
    })
  })
}
