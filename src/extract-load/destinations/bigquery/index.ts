export { bigQueryDialect, bigQueryRowsDialect } from './dialect.js'
