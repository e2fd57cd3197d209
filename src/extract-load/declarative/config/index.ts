/** The config of a manifest: held against its spec, brought to what the manifest works with. */
export { type JsonSchemaCheck, jsonSchemaCheck } from './json-schema-check.js'
export { type PreparedConfig, prepareConfig } from './prepare-config.js'
