import { isMapping } from '../../../../base/index.js'
import type { FileReference, RecordData } from '../../../declarative/component-contract.js'
import type { SourceStream } from '../../../declarative/source/declarative-source.js'
import { extractLoadErrors } from '../../../errors.js'
import { fileFields } from '../../../fields/selection.js'
import type { ConnectorContext } from '../../connector.js'

const properties = {
  [fileFields.path]: { type: ['null', 'string'] },
  [fileFields.size]: { type: ['null', 'integer'] },
}

/** A stream whose files are included, with the fields that its records have of them. */
export const withFileFields = (stream: SourceStream): SourceStream => {
  const { properties: own } = stream.jsonSchema
  return {
    ...stream,
    jsonSchema: { ...stream.jsonSchema, properties: { ...(isMapping(own) ? own : {}), ...properties } },
  }
}

export const hasNoFiles = (stream: string, { locate, file }: Pick<ConnectorContext, 'locate' | 'file'>): Error =>
  extractLoadErrors.create('CONNECTION_INVALID', {
    message: `The stream \`${stream}\` has no files to include: its manifest has no \`file_uploader\` for it.`,
    at: locate?.(['streams', stream, 'include_files']) ?? { file },
    hint: 'Take `include_files` out.',
  })

/** Records say where the files are that they are about. */
export const recordsWithFiles = (records: readonly RecordData[], files: readonly FileReference[]): RecordData[] =>
  records.map((record, i) => ({
    ...record,
    [fileFields.path]: files[i]?.sourceFileRelativePath,
    [fileFields.size]: files[i]?.fileSizeBytes,
  }))
