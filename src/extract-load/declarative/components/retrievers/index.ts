export * from './simple-retriever.js'
