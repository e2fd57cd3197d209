import { exactJson, readExactJson } from '../../python/exact-json.js'
import { asRead, asWritten } from './seed-shape.js'

/** A resource as manifest.json has it. */
export const resourceJson = (resource: unknown): string => exactJson(asWritten(resource))

/** The resource of such a text. */
export const readResource = <T>(text: string): T => asRead(readExactJson(text) as T)
