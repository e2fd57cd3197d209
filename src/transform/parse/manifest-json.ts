/** A manifest as the text of manifest.json: what was not parsed again is written as it stood. */
export { asWritten } from './manifest/seed-shape.js'
export { manifestParts, nodesHolding } from './partial/manifest-text.js'
