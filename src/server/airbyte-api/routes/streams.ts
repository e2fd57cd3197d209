import { Hono } from 'hono'
import type { OfferedStream } from '../../../platform/index.js'
import { streamFields } from '../../views/discovered-streams.js'
import { invalid, missing } from '../errors.js'
import { uuidOf } from '../paging.js'
import type { Workspace } from '../workspace.js'

/** What a source has: it is asked, each time. */
export function streamRoutes(workspace: Workspace): Hono {
  const app = new Hono()
  app.get('/streams', async (c) => {
    const sourceId = c.req.query('sourceId')
    if (!sourceId) throw invalid('sourceId is missing.')
    const id = uuidOf('sourceId', sourceId)
    const source = (await workspace.catalog()).source(id)
    if (!source) throw missing('source', id)
    return c.json((await workspace.streamsOf(source, c.req.raw.signal)).map(streamProperties))
  })
  return app
}

const modes: Readonly<Record<string, readonly string[]>> = {
  full_refresh: ['full_refresh_overwrite', 'full_refresh_append', 'full_refresh_overwrite_deduped'],
  incremental: ['incremental_append', 'incremental_deduped_history'],
}

const streamProperties = (stream: Omit<OfferedStream, 'hasOwnCursor' | 'proposed'>) => ({
  streamName: stream.name,
  ...(stream.namespace === undefined ? {} : { streamnamespace: stream.namespace }),
  syncModes: stream.supportedSyncModes.flatMap((mode) => modes[mode] ?? []),
  defaultCursorField: [...stream.defaultCursorField],
  sourceDefinedCursorField: stream.defaultCursorField.length > 0,
  sourceDefinedPrimaryKey: stream.sourceDefinedPrimaryKey.map((path) => [...path]),
  propertyFields: streamFields(stream).map(({ path }) => [path]),
})
