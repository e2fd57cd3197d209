import type { Context } from 'hono'
import { actorOf } from '../access/index.js'
import { serverErrors } from '../errors.js'
import type { Services } from '../services.js'

/** What writes files of the project, or tries them, may start programs and read files of this machine. @throws SERVER_READ_ONLY */
export function refuseReaders({ canEditConnections, project }: Services, c: Context): void {
  if (canEditConnections(actorOf(c))) return
  throw serverErrors.create('SERVER_READ_ONLY', {
    message:
      'Connections and connectors cannot be made through this server: `server.edit_connections` in millrace.yaml is false.',
    hint: `Make one with \`millrace connections create\` or \`millrace connectors add\` where the project ${project.name} lies, or leave \`server.edit_connections\` out: then admins may, who can run programs on this machine that way.`,
  })
}
