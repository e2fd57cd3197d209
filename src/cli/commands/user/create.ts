import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withAccess } from '../../open-project.js'
import { type PasswordOptions, passwordOption, readPassword } from '../../read-password.js'
import { type RoleOptions, roleOption } from '../../role-option.js'

export const create: CommandDefinition = {
  name: 'create',
  arguments: [['<name>', 'the name to log in with']],
  summary: 'Make a user',
  details: 'The first one must be an admin. From then on the page and its API need a login, at once.',
  options: [roleOption(), passwordOption()],
  examples: [
    ['millrace user create ada --role admin', 'asks for the password'],
    ['millrace user create ci --role viewer --password-stdin < file', 'reads it'],
  ],
  json: 'the user: {id, name, role, createdAt, isDisabled}',
  async run(name: string, options: GlobalOptions & RoleOptions & PasswordOptions) {
    const { hashPassword, requirePassword, requireUserName } = await import('../../../access/index.js')
    requireUserName(name)
    const password = await readPassword(options)
    requirePassword(password, name)
    const { role } = options
    return withAccess(options, async (access) => {
      const passwordHash = await hashPassword(password)
      const made = await audited(access, { action: 'user create', what: `${name} as ${role}` }, () =>
        access.createUser({ name, role, passwordHash }),
      )
      console.log(options.json ? JSON.stringify(made) : `Made the user ${made.name}, role ${made.role}.`)
      return 0
    })
  },
}
