import { failure } from '../../failure.js'

/** Files go beside the records by a way of Airbyte's platform that no destination here takes. */
export const fileUploaderRefused = (stream: string): Error =>
  failure('MANIFEST_COMPONENT_UNSUPPORTED', {
    message: `The stream \`${stream}\` downloads files (\`file_uploader\`).`,
    hint: 'Take `file_uploader` out of a copy of the manifest to load the records alone.',
    failureType: 'config_error',
  })
