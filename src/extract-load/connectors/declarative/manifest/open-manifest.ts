import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { shownPath, systemClock } from '../../../../base/index.js'
import { currentConfig, keepConfig } from '../../../connector-program/kept-config.js'
import type { Mapping, SourceEvent, SourceServices } from '../../../declarative/component-contract.js'
import { loadCustomComponents, openSource, openTransport, readManifest } from '../../../declarative/index.js'
import type { DeclarativeSource, Manifest } from '../../../declarative/source/declarative-source.js'
import { extractLoadErrors } from '../../../errors.js'
import type { ConnectorContext } from '../../connector.js'

/** Which manifest is used, and with what. */
export interface ManifestUse {
  /** Absolute. */
  readonly path: string
  /** Its settings, as the connection writes them. */
  readonly config: Readonly<Record<string, unknown>>
  readonly allowsPrivateAddresses: boolean
  /** What stands in its place while somebody edits it. */
  readonly draft?: string | undefined
}

export interface OpenOptions
  extends Pick<SourceServices, 'onExchange' | 'limits' | 'isImpatient' | 'packsRecords' | 'asksAhead' | 'files'> {
  /** Refuses what only the streams that need it would meet. */
  readonly looksAhead?: boolean | undefined
  /** Is told what the source says besides, as it comes. */
  readonly onSaid?: ((event: Extract<SourceEvent, { type: 'log' | 'status' }>) => void) | undefined
}

/** A source that is open; whoever opened it disposes it. */
export interface OpenedManifest {
  readonly manifest: Manifest
  readonly source: DeclarativeSource
  dispose(): Promise<void>
}

/** Opens a manifest with the config as its API last had it changed. @throws MANIFEST_UNREADABLE and whatever is wrong with it or its config */
export async function openManifest(
  context: ConnectorContext,
  use: ManifestUse,
  { onSaid, looksAhead, ...ways }: OpenOptions = {},
): Promise<OpenedManifest> {
  const folder = dirname(use.path)
  const file = shownPath(context.projectDir, use.path)
  const text = use.draft ?? (await manifestText(use.path, file))
  const manifest = readManifest(text, { file, custom: await loadCustomComponents(folder), looksAhead })
  const transport = openTransport({ allowsPrivateAddresses: use.allowsPrivateAddresses })
  // With a token that was used up, nobody gets in again: it is kept before anything is asked with the new one.
  const keep = (config: Mapping) => keepConfig(context.kept, use.config, config, 'source')
  try {
    const source = openSource({
      manifest,
      // Tokens are changed in place: what the connection writes stays as it is.
      config: structuredClone(await currentConfig(context.kept, use.config)),
      services: {
        clock: context.clock ?? systemClock,
        random: Math.random,
        transport,
        signal: context.signal,
        say: async (event) => (event.type === 'control' ? keep(event.config) : onSaid?.(event)),
        folder,
        ...ways,
      },
    })
    return { manifest, source, dispose: () => transport.close() }
  } catch (error) {
    await transport.close()
    throw error
  }
}

/** @param file how it is called in errors */
export async function manifestText(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw extractLoadErrors.create('MANIFEST_UNREADABLE', {
      message: `There is no manifest at ${file} that could be read.`,
      hint: 'Paths are relative to the folder of millrace.yaml. Correct `manifest`, or bring it into the project with `millrace connectors add`.',
      cause,
    })
  }
}
