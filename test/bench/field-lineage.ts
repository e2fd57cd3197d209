import { silentLogger } from '../../src/base/index.js'
import { openTransformSession, readLineage } from '../../src/transform/index.js'
import { openDuckDb } from '../../src/warehouse/index.js'
import { median, seconds } from './example-copy.js'
import { type Figure, inSeconds, times } from './figure.js'
import { generateDbtProject } from './generated-project.js'

const rounds = 5
const modelCount = 1000

/** What each column of 1 000 models is made of: their SQL compiled and read, beside the reading of the same project. */
export async function fieldLineageFigures(): Promise<readonly Figure[]> {
  const project = await generateDbtProject(modelCount)
  const found: Record<'parse' | 'first' | 'again', number[]> = { parse: [], first: [], again: [] }
  let fields = 0
  try {
    for (let round = 0; round < rounds; round++) {
      const cache = new Map()
      const open = () =>
        openTransformSession({
          projectDir: project.dir,
          env: {},
          logger: silentLogger,
          openWarehouse: () => openDuckDb({ path: ':memory:' }),
        })
      let session: Awaited<ReturnType<typeof open>> | undefined
      found.parse.push(
        await seconds(async () => {
          session = await open()
        }),
      )
      if (!session) continue
      const opened = session
      const read = async () => {
        const nodes = await (await readLineage(opened, { cache })).all()
        fields = nodes.reduce((sum, { columns }) => sum + columns.length, 0)
      }
      found.first.push(await seconds(read))
      found.again.push(await seconds(read))
      await session.close()
    }
  } finally {
    await project.remove()
  }
  const parse = median(found.parse)
  const line = (what: string, values: number[]): Figure => ({
    what,
    millrace: inSeconds(median(values)),
    comparedWith: `parsing the project: ${inSeconds(parse)}`,
    ratio: times(median(values) / parse),
  })
  return [
    line(`Lineage of the ${fields.toLocaleString('en')} columns of ${modelCount} models`, found.first),
    line('The same when the SQL and its inputs are as before', found.again),
  ]
}
