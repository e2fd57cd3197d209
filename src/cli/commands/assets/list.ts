import { chosenAssets } from '../../chosen-assets.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withEngine } from '../../open-project.js'
import { terminalWidth, textTable } from '../../output/table.js'
import { warnOfProblems } from '../../output/warn-of-problems.js'

export const list: CommandDefinition = {
  name: 'list',
  isDefault: true,
  arguments: [['[selection...]', 'as for `materialize`; all of them when left out']],
  summary: 'List streams, models, seeds, snapshots and TypeScript assets',
  examples: [
    ['millrace assets', 'all of them'],
    ["millrace assets 'kind:stream'", 'what the connections load'],
    ["millrace assets '+main/mart_routes'", 'what one asset is made from'],
  ],
  json: 'an array of assets: {key, kinds, group, description, deps, tags, owners, …}',
  async run(selection: readonly string[], options: GlobalOptions) {
    return withEngine(options, async (engine) => {
      const definitions = await engine.reload()
      await warnOfProblems(definitions)
      const chosen = definitions.assets.filter(await chosenAssets(engine, definitions, selection))
      if (options.json) console.log(JSON.stringify(chosen))
      else if (chosen.length === 0)
        console.log('No assets yet. Add a connection below extract_load/ or a model to the dbt project.')
      else
        console.log(
          textTable(
            [{ name: 'asset' }, { name: 'kind' }, { name: 'group' }, { name: 'description' }],
            chosen.map((asset) => [asset.key, asset.kinds[0], asset.group, asset.description.split('\n')[0]]),
            { width: terminalWidth() },
          ),
        )
      return definitions.broken?.length ? 1 : 0
    })
  },
}
