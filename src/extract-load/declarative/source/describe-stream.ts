import type { DeclarativeStream } from '../component-contract.js'
import type { SourceStream } from './declarative-source.js'

/** As the catalog of a connector has it. */
export async function describeStream(stream: DeclarativeStream): Promise<SourceStream> {
  const { cursorField, cursor } = stream
  return {
    name: stream.name,
    jsonSchema: await stream.schema(),
    supportedSyncModes: cursorField === undefined ? ['full_refresh'] : ['full_refresh', 'incremental'],
    sourceDefinedCursor: cursorField !== undefined && !cursor.takesOtherField,
    defaultCursorField: cursorField === undefined ? [] : [cursorField],
    sourceDefinedPrimaryKey: stream.primaryKey,
    isResumable: cursorField !== undefined,
    isFileBased: stream.files !== undefined,
  }
}
