import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withAccess } from '../../open-project.js'
import { type RoleOptions, roleOption } from '../../role-option.js'

export const setRole: CommandDefinition = {
  name: 'set-role',
  arguments: [['<name>', 'the user']],
  summary: 'Give a user another role; ends their sessions',
  options: [roleOption()],
  examples: [['millrace user set-role ada --role editor', 'the last admin keeps the role while others are there']],
  json: 'the user',
  async run(name: string, options: GlobalOptions & RoleOptions) {
    const { role } = options
    return withAccess(options, async (access) => {
      const changed = await audited(access, { action: 'user set-role', what: `${name}: role ${role}` }, () =>
        access.changeUser(name, { role }),
      )
      console.log(options.json ? JSON.stringify(changed) : `${changed.name} has the role ${changed.role} now.`)
      return 0
    })
  },
}
