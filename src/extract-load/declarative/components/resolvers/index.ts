export * from './config-components-resolver.js'
export * from './http-components-resolver.js'
export * from './parametrized-components-resolver.js'
