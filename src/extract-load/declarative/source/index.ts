export type {
  DeclarativeSource,
  Manifest,
  Preview,
  SourceRequest,
  SourceStream,
  StreamToRead,
} from './declarative-source.js'
export { openSource } from './open-source.js'
