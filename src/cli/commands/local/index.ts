import type { CommandFamily } from '../../command.js'
import { credentials } from './credentials.js'
import { deployments } from './deployments.js'
import { install } from './install.js'
import { status } from './status.js'
import { uninstall } from './uninstall.js'

export const local: CommandFamily = {
  name: 'local',
  summary: 'Millrace in the background of this machine, as abctl does it: install, look, remove',
  examples: [
    ['millrace local install', 'a project, an admin, and `millrace up` that goes on when you log out'],
    ['millrace local credentials', 'who to log in as'],
    ['millrace local uninstall', 'keeps the project and its data'],
  ],
  commands: [install, status, credentials, deployments, uninstall],
}
