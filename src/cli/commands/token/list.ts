import type { ApiToken } from '../../../access/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withAccess } from '../../open-project.js'
import { localTime } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'

export const list: CommandDefinition = {
  name: 'list',
  summary: 'The tokens, newest first',
  examples: [['millrace token list', '`list` may be left out']],
  json: 'an array of tokens: {id, name, role, user?, createdAt, expiresAt?, lastUsedAt?, revokedAt?}',
  isDefault: true,
  async run(options: GlobalOptions) {
    return withAccess(options, async (access) => {
      const tokens = await access.listTokens()
      if (options.json) console.log(JSON.stringify(tokens))
      else if (tokens.length === 0) console.log('No tokens yet. Make one: millrace token create <name> --role viewer')
      else
        console.log(
          textTable(
            [
              { name: 'token', isWhole: true },
              { name: 'name' },
              { name: 'role', isWhole: true },
              { name: 'by' },
              { name: 'last used' },
              { name: 'holds' },
            ],
            tokens.map((one) => [
              one.id,
              one.name,
              one.role,
              one.user ?? 'command line',
              one.lastUsedAt ? localTime(one.lastUsedAt) : 'never',
              holds(one),
            ]),
            { width: terminalWidth() },
          ),
        )
      return 0
    })
  },
}

function holds({ revokedAt, expiresAt }: ApiToken): string {
  if (revokedAt !== undefined) return 'revoked'
  if (expiresAt === undefined) return 'until revoked'
  return Date.parse(expiresAt) < Date.now() ? 'over' : `until ${localTime(expiresAt)}`
}
