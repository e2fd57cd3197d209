export * from './configured-schemas.js'
export * from './json-schema-property-selector.js'
export * from './properties-from-endpoint.js'
export * from './query-properties.js'
