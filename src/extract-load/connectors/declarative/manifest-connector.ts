import type { CheckResult, DiscoveredStream } from '../../contract.js'
import type { ConnectorContext, ConnectorInfo, MessageReading, MessageRequest, MessageSource } from '../connector.js'
import { failedCheck } from '../failed-check.js'
import type { ManifestPreview, PreviewRequest } from '../preview.js'
import type { ManifestUse } from './manifest/open-manifest.js'

/** A connector that is a manifest, interpreted here. @param useOf which manifest it is for a config, and what of that is the manifest's own */
export function manifestConnector(
  info: ConnectorInfo & { readonly kind: 'source' },
  useOf: (config: ConnectorContext['config'], place: Pick<ConnectorContext, 'file' | 'projectDir'>) => ManifestUse,
): MessageSource {
  const use = (context: ConnectorContext) => useOf(context.config, context)
  return {
    ...info,
    reads: 'messages',
    canPreview: true,
    takesPaths: true,
    sendsFiles: true,
    whyNoPartitions:
      'Its manifest says how its streams are cut and how far they were read: it cannot be asked for the rows of some time.',
    streamNames: (config) => {
      useOf(config, { file: '', projectDir: '' })
      return undefined
    },
    check: (context) => check(context, use(context)),
    discover: (context) => discover(context, use(context)),
    open: (context, request) => open(context, use(context), request),
    preview: (context, request) => preview(context, use(context), request),
  }
}

// What interprets manifests is large, and loaded by who reads one.

async function check(context: ConnectorContext, use: ManifestUse): Promise<CheckResult> {
  try {
    const { checkManifest } = await import('./read/discover.js')
    return await checkManifest(context, use)
  } catch (thrown) {
    return failedCheck(thrown)
  }
}

async function discover(context: ConnectorContext, use: ManifestUse): Promise<readonly DiscoveredStream[]> {
  const { discoverManifest } = await import('./read/discover.js')
  return discoverManifest(context, use)
}

async function open(context: ConnectorContext, use: ManifestUse, request: MessageRequest): Promise<MessageReading> {
  const { readManifestStreams } = await import('./read/read.js')
  return readManifestStreams(context, use, request)
}

async function preview(context: ConnectorContext, use: ManifestUse, request: PreviewRequest): Promise<ManifestPreview> {
  const { previewManifest } = await import('./read/preview.js')
  return previewManifest(context, use, request)
}
