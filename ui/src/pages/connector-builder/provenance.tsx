import type { ConnectorManifest } from '../../../../src/server/contract/index.js'

/** Where a manifest lies, where it came from, and what it may do. */
export function Provenance({ manifest: { file, origin, isEdited, isTrusted } }: { manifest: ConnectorManifest }) {
  return (
    <>
      <code>{file}</code>
      {origin && ` · from ${origin.from}`}
      {origin?.version !== undefined && ` (${origin.version})`}
      {isEdited && ', edited since'}
      {!isTrusted && ' · may ask for private addresses only where a connection allows it'}
    </>
  )
}
