export * from './statements.js'
