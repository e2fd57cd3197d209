import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { withQueue } from '../../open-project.js'
import { statusText } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'

const colors: Readonly<Record<string, string>> = { made: 'succeeded', failed: 'failed', running: 'running' }

export const list: CommandDefinition = {
  name: 'list',
  arguments: [['<asset>', 'its key']],
  summary: 'Which partitions of an asset were made, failed, are missing',
  examples: [['millrace partitions list reports/daily', 'as stretches of one status each']],
  json: '{size, counts: {made, failed, running, missing}, stretches: [{status, count, first, last}], unmade}',
  async run(asset: string, options: GlobalOptions) {
    const { assetPartitions, selectAssets } = await import('../../../orchestrate/index.js')
    return withQueue(options, async ({ engine, store }) => {
      const definitions = await engine.reload()
      const [key] = selectAssets(definitions, asset)
      const found = definitions.assets.find((one) => one.key === key)
      if (!found?.partitions)
        throw cliErrors.create('CLI_USAGE', {
          message: `${asset} has no partitions.`,
          hint: 'definitions.ts gives an asset some: asset(…, { partitions: partitions.daily(…) }).',
        })
      const all = await assetPartitions(store, found)
      if (options.json) {
        console.log(JSON.stringify(all))
        return 0
      }
      const { made, failed, running, missing } = all.counts
      console.log(
        `${all.size} partitions: ${made} made, ${failed} failed, ${missing} missing${running > 0 ? `, ${running} being made` : ''}`,
      )
      if (all.size > 0)
        console.log(
          textTable(
            [{ name: 'status', isWhole: true }, { name: 'count' }, { name: 'partitions' }],
            all.stretches.map(({ status, count, first, last }) => [
              status,
              String(count),
              count === 1 ? first : `${first}...${last}`,
            ]),
            {
              width: terminalWidth(),
              style: (text, row, column) =>
                column === 0 ? statusText(colors[all.stretches[row]?.status ?? ''], text) : text,
            },
          ),
        )
      return 0
    })
  },
}
