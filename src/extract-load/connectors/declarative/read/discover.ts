import { MillraceError } from '../../../../base/index.js'
import type { CheckResult, DiscoveredStream } from '../../../contract.js'
import { extractLoadErrors } from '../../../errors.js'
import type { ConnectorContext } from '../../connector.js'
import { failedCheck } from '../../failed-check.js'
import { type ManifestUse, openManifest } from '../manifest/open-manifest.js'

/** The streams of a manifest with their schemas. */
export async function discoverManifest(
  context: ConnectorContext,
  use: ManifestUse,
): Promise<readonly DiscoveredStream[]> {
  const { source, dispose } = await openManifest(context, use)
  try {
    return await source.discover()
  } finally {
    await dispose()
  }
}

/** What the manifest's own check says. A template that is none is told here, before a sync gets to the stream that needs it. */
export async function checkManifest(context: ConnectorContext, use: ManifestUse): Promise<CheckResult> {
  const warnings = new Set<string>()
  const { manifest, source, dispose } = await openManifest(context, use, {
    isImpatient: true,
    looksAhead: true,
    // The check reads no further than the first record.
    onSaid: (event) => {
      if (event.type === 'log' && event.ifEmpty !== undefined) warnings.add(`${event.ifEmpty}: ${event.message}`)
    },
  })
  try {
    for (const warning of manifest.undeclaredSettings?.() ?? []) warnings.add(warning)
    const { status, message, error } = await source.check()
    const told = warnings.size > 0 && { warnings: [...warnings] }
    if (status === 'SUCCEEDED') return { status: 'succeeded', message, ...told }
    return { ...failedCheck(error instanceof MillraceError ? error : refused(message)), ...told }
  } finally {
    await dispose()
  }
}

const refused = (message: string | undefined) =>
  extractLoadErrors.create('SOURCE_CONFIG_REFUSED', {
    message: message ?? 'The source cannot be read with these settings.',
    hint: '`millrace connectors preview` shows what was asked and what was answered.',
  })
