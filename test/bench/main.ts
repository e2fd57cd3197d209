import { airbyteApiFigures } from './airbyte-api.js'
import { exampleBuildFigures } from './dbt-build.js'
import { dbtParseFigures } from './dbt-parse.js'
import { dbtStartFigures } from './dbt-start.js'
import { declarativeFigures } from './declarative-speed.js'
import { assetFigures } from './empty-asset.js'
import { fieldLineageFigures } from './field-lineage.js'
import type { Figure } from './figure.js'
import { figuresTable, writeFigures } from './figures-page.js'
import { cloneFigures } from './fresh-clone.js'
import { generatedBuildFigures } from './generated-build.js'
import { memoryFigures } from './idle-memory.js'
import { jinjaFigures } from './jinja-render.js'
import { largeBodyFigures } from './large-bodies.js'
import { definitionFigures } from './load-definitions.js'
import { manyAssetFigures } from './many-assets.js'
import { conditionFigures } from './many-conditions.js'
import { modelAssetFigures } from './many-models.js'
import { partitionFigures } from './many-partitions.js'
import { queueFigures } from './many-runs.js'
import { mysqlFigures } from './mysql-speed.js'
import { postgresFigures } from './postgres-speed.js'
import { recordFigures } from './record-speed.js'
import { remoteAirbyteFigures } from './remote-airbyte.js'
import { snowflakeFigures } from './snowflake-load.js'
import { startFigures } from './start-time.js'
import { syncFigures } from './sync-speed.js'

/** Every figure by the name under which the command line takes it. */
const figures: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  clone: cloneFigures,
  start: startFigures,
  definitions: definitionFigures,
  sync: syncFigures,
  records: recordFigures,
  declarative: declarativeFigures,
  bodies: largeBodyFigures,
  postgres: postgresFigures,
  mysql: mysqlFigures,
  snowflake: snowflakeFigures,
  dbt: exampleBuildFigures,
  build: generatedBuildFigures,
  parse: dbtParseFigures,
  'dbt-start': dbtStartFigures,
  jinja: jinjaFigures,
  lineage: fieldLineageFigures,
  memory: memoryFigures,
  asset: assetFigures,
  queue: queueFigures,
  assets: manyAssetFigures,
  models: modelAssetFigures,
  partitions: partitionFigures,
  conditions: conditionFigures,
  airbyte: airbyteApiFigures,
  'remote-airbyte': remoteAirbyteFigures,
}

const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'))
const unknown = wanted.filter((name) => !(name in figures))
if (unknown.length > 0) {
  console.error(`There is no figure ${unknown.join(', ')}. Figures: ${Object.keys(figures).join(' ')}`)
  process.exit(2)
}
const measured: Figure[] = []
for (const [name, measure] of Object.entries(figures)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.error(`measuring ${name} …`)
  measured.push(...(await measure()))
}
console.log(figuresTable(measured))
if (process.argv.includes('--write')) await writeFigures(measured)
