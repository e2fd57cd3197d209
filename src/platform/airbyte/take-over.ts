import { join } from 'node:path'
import { editYaml, readText, replaceText, systemClock } from '../../base/index.js'
import type { AirbyteServerClient, CallOptions } from '../../extract-load/index.js'
import { type CronTimes, nextTicks, type RemoteConnection, readSchedule } from '../../orchestrate/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { AirbyteServers } from './airbyte-servers.js'

/** What taking over the schedule of a connection elsewhere would change. */
export interface TakeOver {
  /** In the words of its server; undefined where it syncs by hand only. */
  readonly there: string | undefined
  readonly here: { readonly cron: CronTimes; readonly timezone: string }
  /** Relative to the project. */
  readonly file: string
  readonly before: string
  readonly after: string
}

const file = 'millrace.yaml'

/**
 * @param wish when it is to be synced from here; as there when left out
 * @throws AIRBYTE_…, AIRBYTE_SCHEDULE_NOT_SAID where that is not known or cron cannot say it, CRON_INVALID, PROJECT_INVALID
 * where anchors keep millrace.yaml from being changed at this place alone
 */
export async function planTakeOver(
  project: Project,
  remote: RemoteConnection,
  wish: { readonly cron?: string | undefined; readonly timezone?: string | undefined },
  options: CallOptions = {},
): Promise<TakeOver> {
  const client = clientOf(project, remote)
  const server = project.airbyte?.find(({ name }) => name === remote.server)
  const [connection, seen, [last]] = await Promise.all([
    client.connection(remote.id, options),
    client.connections(server?.workspace === undefined ? undefined : [remote.workspaceId], options),
    client.jobs({ connectionId: remote.id, type: 'sync', limit: 1 }, options),
  ])
  const startedAt = last?.startTime === undefined ? undefined : new Date(last.startTime)
  const isTime = startedAt !== undefined && !Number.isNaN(startedAt.getTime())
  const there = readSchedule(connection.schedule, isTime ? startedAt : undefined)
  const cron: CronTimes | undefined = wish.cron ?? (there?.cron?.length === 1 ? there.cron[0] : there?.cron)
  if (cron === undefined) throw notSaid(remote, there?.text)
  const here = { cron, timezone: wish.timezone ?? (wish.cron === undefined ? there?.timezone : undefined) ?? 'UTC' }
  nextTicks(here.cron, here.timezone, systemClock.now(), 1)
  const before = readText(join(project.dir, file), file)
  // A title that others have as well would give them the same schedule, beside that of their server.
  const isNamedById =
    server?.schedules.has(remote.id) === true ||
    seen.some(({ connectionId, name }) => name === connection.name && connectionId !== remote.id)
  const path = ['airbyte', remote.server, 'schedules', isNamedById ? remote.id : connection.name]
  const after = editYaml(before, [{ path, value: here }], {
    file,
    refusal: (details) => platformErrors.create('PROJECT_INVALID', details),
  })
  return { there: there?.text, here, file, before, after }
}

/**
 * Writes the schedule, and turns that of the server off: in this order, as two that ask for a sync are one, and none is none.
 * @throws AIRBYTE_…, PROJECT_CHANGED_MEANWHILE where millrace.yaml is no longer that of the plan: nothing was done
 */
export async function takeOver(
  project: Project,
  remote: RemoteConnection,
  { before, after }: TakeOver,
  options: CallOptions = {},
): Promise<void> {
  if (after !== before && !(await replaceText(join(project.dir, file), { before, after, shown: file })))
    throw platformErrors.create('PROJECT_CHANGED_MEANWHILE', {
      message: `Somebody else changed ${file} after what is to change in it was shown.`,
      hint: 'Nothing was changed, here or there. Look at it, and ask again.',
    })
  await clientOf(project, remote).changeConnection(remote.id, { schedule: { scheduleType: 'manual' } }, options)
}

function clientOf(project: Project, { server }: RemoteConnection): AirbyteServerClient {
  const client = new AirbyteServers({ project, clock: systemClock, asks: 'watches' }).client(server)
  if (client) return client
  throw platformErrors.create('AIRBYTE_CONNECTION_NOT_FOUND', {
    message: `millrace.yaml names no Airbyte server ${server} any more.`,
    hint: 'Name it below `airbyte`.',
  })
}

const notSaid = ({ title, server }: RemoteConnection, there: string | undefined) =>
  platformErrors.create('AIRBYTE_SCHEDULE_NOT_SAID', {
    message:
      there === undefined
        ? `The Airbyte server ${server} syncs the connection ${title} by hand only: there is no schedule to take over.`
        : `The Airbyte server ${server} syncs the connection ${title} ${there}, which a cron expression cannot say.`,
    hint: "Say when it is to be synced from here: --cron '0 6 * * *' --timezone Europe/Berlin.",
  })
