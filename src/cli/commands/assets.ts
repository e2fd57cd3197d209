import { formatLocation } from '../../base/index.js'
import { selectAssets } from '../../orchestrate/index.js'
import { type GlobalOptions, stderrLogger, withEngine } from '../globals.js'
import { textTable } from '../output/table.js'

export async function assets(selection: readonly string[], options: GlobalOptions): Promise<number> {
  return withEngine(options, async (engine) => {
    const definitions = await engine.reload()
    const logger = stderrLogger(options)
    for (const { at, message } of definitions.problems) {
      const [firstLine = ''] = message.split('\n')
      logger.warn(at && !firstLine.startsWith(at.file) ? `${formatLocation(at)}: ${firstLine}` : firstLine)
    }
    const chosen =
      selection.length === 0
        ? definitions.assets
        : ((keys) => definitions.assets.filter((asset) => keys.has(asset.key)))(
            selectAssets(definitions, selection.join(' ')),
          )
    if (options.json) console.log(JSON.stringify(chosen))
    else if (chosen.length === 0)
      console.log('No assets yet. Add a connection below extract_load/ or a model to the dbt project.')
    else
      console.log(
        textTable(
          ['asset', 'kind', 'group', 'description'],
          chosen.map((asset) => [
            asset.key,
            asset.kinds[0],
            asset.group,
            asset.description.split('\n')[0]?.slice(0, 70),
          ]),
        ),
      )
    return 0
  })
}
