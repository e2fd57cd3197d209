import type { AssetSummary } from '../../../server/index.js'
import { chosenAssets } from '../../chosen-assets.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withQueue } from '../../open-project.js'
import { localTime, statusText } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'
import { warnOfProblems } from '../../output/warn-of-problems.js'

/** As a run with that outcome is coloured. */
const outcomes: Partial<Record<AssetSummary['health'], string>> = {
  failed: 'failed',
  running: 'running',
  fresh: 'succeeded',
}

export const status: CommandDefinition = {
  name: 'status',
  arguments: [['[selection...]', 'as for `materialize`; all of them when left out']],
  summary: 'How assets stand: made, failed, stale, and why',
  examples: [
    ['millrace assets status', 'all of them'],
    ["millrace assets status 'kind:model'", 'how the models stand'],
  ],
  json: 'an array: {key, health, healthReason?, lastMaterializedAt?, lastRunId?, inProgressRunId?, rows?, partitionCounts?, checks, …}; health: never, running, fresh, stale, warning, failed, external',
  async run(selection: readonly string[], options: GlobalOptions) {
    const [{ systemClock }, { assetSummaries, StateCache }] = await Promise.all([
      import('../../../base/index.js'),
      import('../../../server/index.js'),
    ])
    return withQueue(options, async ({ engine, store }) => {
      const definitions = await engine.reload()
      await warnOfProblems(definitions)
      const isChosen = await chosenAssets(engine, definitions, selection)
      const states = await new StateCache(store, systemClock).of(definitions)
      const shown = assetSummaries(definitions, states).filter(isChosen)
      if (options.json) console.log(JSON.stringify(shown))
      else if (shown.length === 0)
        console.log('No assets yet. Add a connection below extract_load/ or a model to the dbt project.')
      else
        console.log(
          textTable(
            [
              { name: 'asset' },
              { name: 'status', isWhole: true },
              { name: 'last made', isWhole: true },
              { name: 'why' },
            ],
            shown.map(({ key, health, healthReason, lastMaterializedAt }) => [
              key,
              health,
              lastMaterializedAt === undefined ? '' : localTime(lastMaterializedAt),
              healthReason ?? '',
            ]),
            {
              width: terminalWidth(),
              style: (text, row, column) =>
                column === 1 ? statusText(outcomes[shown[row]?.health ?? 'never'], text) : text,
            },
          ),
        )
      return definitions.broken?.length ? 1 : 0
    })
  },
}
