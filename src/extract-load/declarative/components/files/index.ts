export * from './file-uploader.js'
