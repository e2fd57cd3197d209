export * from './async-retriever.js'
