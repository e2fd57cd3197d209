import { systemClock } from '../../../base/index.js'
import type { ConnectorProgram } from '../../connector-program/connector-program.js'
import { hashOf, keep, readKept } from '../../connector-program/kept.js'
import { extractLoadErrors } from '../../errors.js'
import { type AirbyteCatalog, catalogSchema } from '../../protocol/catalog.js'
import type { ConnectorContext } from '../connector.js'
import type { SourceSettings } from './settings.js'

const askedOf = ({ image, command, config }: SourceSettings) => hashOf([image, command, config])

/** The source's catalog, as it is now. Kept, where a sync may go by it for a while. */
export async function askCatalog(
  context: ConnectorContext,
  program: ConnectorProgram,
  settings: SourceSettings,
): Promise<AirbyteCatalog> {
  const { catalog } = await program.ask('discover', 'CATALOG')
  const parsed = catalogSchema.safeParse(catalog)
  if (!parsed.success)
    throw extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
      message: `The catalog that the connector gave is none: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}.`,
      hint: 'Ask who maintains the connector.',
    })
  if (settings.catalog_max_age_minutes > 0) {
    const askedAt = (context.clock ?? systemClock).now().toISOString()
    await keep(context.kept, { catalog: { askedHash: askedOf(settings), askedAt, content: parsed.data } })
  }
  return parsed.data
}

/** Lets the next sync ask for the catalog, where this one went by a kept one and fails: it may be the reason. */
export async function* orForgetCatalog<T>(context: ConnectorContext, messages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* messages
  } catch (error) {
    await keep(context.kept, { catalog: undefined })
    throw error
  }
}

/** The catalog that was kept, where it is of the same program with the same config and young enough. */
export async function keptCatalog(
  context: ConnectorContext,
  settings: SourceSettings,
): Promise<AirbyteCatalog | undefined> {
  if (settings.catalog_max_age_minutes === 0) return undefined
  const { catalog } = await readKept(context.kept)
  if (!catalog || catalog.askedHash !== askedOf(settings)) return undefined
  const ageMs = (context.clock ?? systemClock).now().getTime() - Date.parse(catalog.askedAt)
  // A clock that was set back makes it none of the past.
  return ageMs >= 0 && ageMs < settings.catalog_max_age_minutes * 60_000 ? catalog.content : undefined
}
