import type { Mapping } from '../../../src/extract-load/declarative/component-contract.js'
import { readJson, writeJson } from '../../../src/extract-load/declarative/values/index.js'
import { writeExact } from './exact-json.js'

/** As the source writes it: its values are Python's. */
export const jsonText = (value: unknown): string => writeJson(value)

/** As the source reads it, of a file. */
export const jsonValue = (text: string): unknown => readJson(Buffer.from(text))

/** As the source reads it, of what `readExact` read. */
export const sourceValue = (exact: unknown): unknown => jsonValue(writeExact(exact))
export const sourceConfig = (exact: unknown) => sourceValue(exact) as Mapping
