import type { KeptSecret } from '../../../platform/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withEngine } from '../../open-project.js'
import { out } from '../../output/colors.js'
import { localTime } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'
import { usersOf } from './users-of.js'

export const list: CommandDefinition = {
  name: 'list',
  summary: 'Which secrets are kept, who names them, and which are missing',
  details:
    'What a secret says is never shown. Missing is what a connection names that neither the environment nor the store has.',
  examples: [['millrace secrets list', '`list` may be left out']],
  json: "an array of secrets: {name, status: 'set' | 'overridden' | 'unreadable' | 'missing', updatedAt?, updatedBy?, usedBy: [{kind, name}]}",
  isDefault: true,
  async run(options: GlobalOptions) {
    return withEngine(options, async (engine) => {
      const secrets = await engine.secrets()
      if (options.json) console.log(JSON.stringify(secrets))
      else if (secrets.length === 0)
        console.log('No secrets are kept, and none is missing. Set one: millrace secrets set SHOP_PASSWORD')
      else
        console.log(
          textTable(
            [
              { name: 'secret', isWhole: true },
              { name: 'status', isWhole: true },
              { name: 'set' },
              { name: 'by' },
              { name: 'named by' },
            ],
            secrets.map((one) => [
              one.name,
              statusWords[one.status],
              one.updatedAt === undefined ? '' : localTime(one.updatedAt),
              one.updatedBy ?? '',
              usersOf(one).join(', ') || 'nothing',
            ]),
            { width: terminalWidth() },
          ),
        )
      return 0
    })
  },
}

const statusWords: Readonly<Record<KeptSecret['status'], string>> = {
  set: out.green('set'),
  overridden: out.yellow('set otherwise in the environment'),
  unreadable: out.red('encrypted with another key'),
  missing: out.red('missing'),
}
