/** What reads manifests of Airbyte's, and does what they say. It is large: whoever needs it loads it then. */
export { type CustomComponents, loadCustomComponents } from './custom/index.js'
export { openTransport, TransportError } from './http/index.js'
export { readManifest } from './manifest/index.js'
export { fieldNames } from './packed/field-names.js'
export { pageOf } from './packed/packed-page.js'
export { PackedRuns } from './packed/packed-run.js'
export { openSource } from './source/index.js'
export { readJson, writeJson } from './values/index.js'
