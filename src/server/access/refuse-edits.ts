import type { Context } from 'hono'
import { serverErrors } from '../errors.js'
import { type Actor, actorOf } from './actor.js'

interface Editable {
  readonly canEditConnections: (actor: Actor) => boolean
  readonly project: { readonly name: string }
}

/** What writes files of the project, or tries them, may start programs and read files of this machine: not everybody may. @throws SERVER_READ_ONLY */
export function refuseEdits({ canEditConnections, project }: Editable, c: Context): void {
  if (canEditConnections(actorOf(c))) return
  throw serverErrors.create('SERVER_READ_ONLY', {
    message:
      'Sources, destinations, connections and connectors cannot be made or changed through this server by whoever asks.',
    hint: `Admins who logged in may, unless \`server.edit_connections\` in millrace.yaml is false; editors start and cancel runs, and switch schedules. Where the project ${project.name} lies, \`millrace connections create\` and \`millrace connectors add\` do it.`,
  })
}
