export type {
  DeclarativeSource,
  Manifest,
  Preview,
  SourceRequest,
  SourceStream,
  StreamToRead,
} from './contract.js'
export { openSource } from './open-source.js'
