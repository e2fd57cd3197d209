/** From the text of a manifest to a tree of components that was checked. */
export { type PropagateOptions, propagate } from './propagate.js'
export { type ReadManifestOptions, readManifest } from './read-manifest.js'
