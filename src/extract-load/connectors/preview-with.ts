import { extractLoadErrors } from '../errors.js'
import type { ConnectorContext, SourceConnector } from './connector.js'
import type { ManifestPreview, PreviewRequest } from './preview.js'

/** @throws PREVIEW_UNSUPPORTED and whatever reading throws */
export async function previewWith(
  source: SourceConnector,
  context: ConnectorContext,
  request: PreviewRequest,
): Promise<ManifestPreview> {
  if (source.reads === 'messages' && source.preview) return source.preview(context, request)
  throw extractLoadErrors.create('PREVIEW_UNSUPPORTED', {
    message: `The connector \`${source.name}\` is no manifest: there are no requests of it to be shown.`,
    hint: '`millrace discover` shows the first rows of what a connection reads.',
  })
}
