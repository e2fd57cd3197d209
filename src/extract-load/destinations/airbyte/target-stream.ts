import { posix } from 'node:path'
import type { ProgramSettings } from '../../connector-program/settings.js'
import type { Connection, ConnectionStream } from '../../contract.js'
import type { StreamDescriptor } from '../../protocol/messages.js'

/** A stream as the destination knows it. Without a namespace the destination takes the one of its own settings. */
export function targetStream({ destination, streams }: Connection, stream: ConnectionStream): StreamDescriptor {
  const isSet = destination.schema ?? streams.find(({ name }) => name === stream.name)?.schema
  return { name: stream.table, ...(isSet === undefined ? {} : { namespace: stream.schema }) }
}

/** What a connector is called, whatever its version is and wherever it is installed. */
export const programName = ({ image, command }: ProgramSettings): string =>
  image?.replace(/@.*$/, '').replace(/:[^/]*$/, '') ??
  [command ?? []]
    .flat()
    .map((word) => posix.basename(word))
    .join(' ')

/** What was loaded under another name, or by another connector, is not there. */
export const recordedName = (settings: ProgramSettings, { name, namespace }: StreamDescriptor): string =>
  `${programName(settings)}: ${namespace == null ? '' : `${namespace}.`}${name}`
