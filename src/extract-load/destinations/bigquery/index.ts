export { bigQueryDialect } from './dialect.js'
