import { type Context, Hono } from 'hono'
import { onlyThere } from '../../platform/index.js'
import { askedBy, noteFacts, noteNothing, noteSecrets, refuseEdits } from '../access/index.js'
import {
  type ChangePreviewView,
  type ChangeWritten,
  type ConnectionChangeView,
  type ConnectionSettingsView,
  connectionChangeSchema,
  type DiscoveredDraft,
} from '../contract/index.js'
import type { Services } from '../services.js'
import { definitionsOf } from '../services.js'
import { connectionSettingsView } from '../views/connection-settings.js'
import { discoveredStream } from '../views/discovered-streams.js'
import { readBody } from './request.js'

/** Changing a connection that is there. All of it reads or writes a file of the project: what may make one may change it. */
export function connectionSettingsRoutes(services: Services): Hono {
  const { engine } = services
  const app = new Hono()

  /** @throws SERVER_READ_ONLY, AIRBYTE_NOT_DONE_FROM_HERE for one that another server keeps */
  const nameOf = async (c: Context) => {
    refuseEdits(services, c)
    const name = c.req.param('name') ?? ''
    const { connections } = await definitionsOf(services)
    const remote = connections.find((one) => one.name === name)?.remote
    if (remote) throw onlyThere(name, remote, 'changed')
    return name
  }
  const changeOf = async (c: Context) => {
    const name = await nameOf(c)
    const { source, destination, ...said }: ConnectionChangeView = await readBody(c, connectionChangeSchema)
    const whole = (config: ConnectionSettingsView['source']['config'] | undefined) =>
      config && { config, isPartial: false }
    const { config, ...place } = destination ?? {}
    return {
      ...{ name, ...place, ...said },
      saysWholeStreams: true,
      sourceConfig: whole(source?.config),
      destinationConfig: whole(config),
    }
  }

  app.get('/connections/:name/settings', async (c) =>
    c.json(connectionSettingsView(await engine.connectionSettings(await nameOf(c))) satisfies ConnectionSettingsView),
  )

  app.post('/connections/:name/settings/preview', async (c) => {
    // It is asked with every letter, and changes nothing.
    noteNothing(c)
    const preview = await engine.previewChange(await changeOf(c), { signal: c.req.raw.signal })
    return c.json({
      ...preview,
      newSecrets: [...preview.newSecrets],
      places: preview.places.map((one) => ({ ...one })),
      diff: preview.diff.map((line) => ({ ...line })),
      effects: preview.effects.map((one) => ({ ...one })),
    } satisfies ChangePreviewView)
  })

  app.post('/connections/:name/settings/check', async (c) =>
    c.json(await engine.checkChange(await changeOf(c), { signal: c.req.raw.signal })),
  )

  app.post('/connections/:name/settings/check-destination', async (c) =>
    c.json(await engine.checkChangedDestination(await changeOf(c), { signal: c.req.raw.signal })),
  )

  app.post('/connections/:name/settings/discover', async (c) => {
    const { streams, ...traits } = await engine.discoverChange(await changeOf(c), { signal: c.req.raw.signal })
    return c.json({ ...traits, streams: streams.map(discoveredStream) } satisfies DiscoveredDraft)
  })

  app.put('/connections/:name/settings', async (c) => {
    const change = await changeOf(c)
    const { before: _, name, saysWholeStreams: __, ...parts } = change
    const changed = Object.entries(parts).filter(([, value]) => value !== undefined)
    noteFacts(c, [name, ...changed.map(([key]) => key)].join(' '))
    const { file, newSecrets } = await engine.changeConnection(
      { ...change, by: askedBy(c) },
      { signal: c.req.raw.signal },
    )
    noteSecrets(c, newSecrets)
    return c.json({ file, newSecrets: [...newSecrets] } satisfies ChangeWritten)
  })
  return app
}
