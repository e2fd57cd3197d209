import type { Context } from 'hono'
import { actorOf } from '../../access/index.js'
import { serverErrors } from '../../errors.js'
import type { Workspace } from '../workspace.js'

/** What writes files of the project may start programs of this machine: who may not do that on the page may not do it here. @throws SERVER_READ_ONLY */
export function refuseReaders({ services }: Workspace, c: Context): void {
  if (services.canEditConnections(actorOf(c))) return
  throw serverErrors.create('SERVER_READ_ONLY', {
    message: 'Sources, destinations and connections cannot be made or changed through this server by whoever asks.',
    hint: 'Admins may, unless `server.edit_connections` in millrace.yaml is false. Editors start and cancel jobs, and switch schedules.',
  })
}
