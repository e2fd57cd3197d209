import { Badge, Tooltip } from '@mantine/core'
import type { ConnectorManifest } from '../../../../src/server/contract/index.js'

/** Where a manifest lies, and where it came from. */
export function Provenance({ manifest: { file, origin, isEdited } }: { manifest: ConnectorManifest }) {
  return (
    <>
      <code>{file}</code>
      {origin && ` · from ${origin.from}`}
      {origin?.version !== undefined && ` (${origin.version})`}
      {isEdited && ', edited since'}
    </>
  )
}

/** What it may do, where that is less than others may. */
export function Guard({ manifest: { isTrusted } }: { manifest: ConnectorManifest }) {
  if (isTrusted) return null
  return (
    <Tooltip label="It may ask for addresses inside a private network only where a connection, or a test, allows it.">
      <Badge tabIndex={0}>from outside</Badge>
    </Tooltip>
  )
}
