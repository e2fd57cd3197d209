import { failure } from '../../failure.js'
import type { DeclarativeStreamDefinition } from './declarative-stream-schema.js'

/** Files go beside the records by a way of Airbyte's platform that no destination here takes. */
export function refuseFileUploader(definition: DeclarativeStreamDefinition, stream: string): void {
  if (!definition.file_uploader) return
  throw failure('MANIFEST_COMPONENT_UNSUPPORTED', {
    message: `The stream \`${stream}\` downloads files (\`file_uploader\`).`,
    hint: 'Take `file_uploader` out of a copy of the manifest to load the records alone.',
    failureType: 'config_error',
  })
}
