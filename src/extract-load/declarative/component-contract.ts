/**
 * What the components of a manifest are while they run: one interface for each kind of them. Values are those of JSON as Python reads it
 * (`values/`): whole numbers beyond 2^53 are bigint, floats that are whole are PyFloat; objects are plain.
 */
export type * from './component-contract/events.js'
export type * from './component-contract/files.js'
export type * from './component-contract/http.js'
export type * from './component-contract/records.js'
export type * from './component-contract/slices.js'
export type * from './component-contract/values.js'
