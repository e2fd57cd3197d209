import type { SourceLocation } from '../../../base/index.js'
import type { ConnectorContext } from '../connector.js'
import { type FileStream, readConfig } from './config.js'

/** The line of a stream's path. */
export function placeOf(stream: FileStream, { config, file, locate }: ConnectorContext): SourceLocation {
  const place = readConfig(config, file).streams.findIndex((one) => one.name === stream.name)
  return locate?.(['source', 'config', 'streams', place, 'path']) ?? { file }
}
