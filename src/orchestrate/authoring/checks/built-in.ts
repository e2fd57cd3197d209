import { metadataWithin } from './metadata-within.js'
import { noAnomaly } from './no-anomaly.js'
import { rowCount } from './row-count.js'
import { schemaUnchanged } from './schema-unchanged.js'

/** Checks that need not be written: each is a definition, like what check() answers. */
export const checks = { metadataWithin, noAnomaly, rowCount, schemaUnchanged } as const
