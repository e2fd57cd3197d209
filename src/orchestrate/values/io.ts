import { jsonValues } from './json-values.js'
import { tableValues } from './table-values.js'

/** Where what an asset answers is kept. */
export const io = {
  /** As JSON files below `.millrace/values`, or below another folder of the project. */
  json: jsonValues,
  /** Rows as a table of the warehouse. */
  table: tableValues,
} as const
