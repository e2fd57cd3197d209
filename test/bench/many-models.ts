import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { removeProject, startUp, temporaryProject } from '../support/millrace.js'
import { dagsterModels } from './dagster.js'
import { median, seconds } from './example-copy.js'
import { dagster, type Figure, secondsBesidePeers } from './figure.js'
import { generateDbtProject } from './generated-project.js'

const count = 2_500
/** Of each kind; the figure is their median. */
const starts = 3

/** From typing `millrace up` to the served assets of a dbt project: nothing cached, and as it was left. */
export async function modelAssetFigures(): Promise<readonly Figure[]> {
  const project = await generateDbtProject(count)
  const dir = await temporaryProject({ 'millrace.yaml': 'name: bench\ndbt: transform\n' })
  try {
    await cp(project.dir, join(dir, 'transform'), { recursive: true })
    const start = () =>
      seconds(async () => {
        const up = await startUp(dir)
        try {
          const { assets } = await up.get<{ assets: readonly unknown[] }>('/assets')
          if (assets.length < count) throw new Error(`${assets.length} assets were served.`)
        } finally {
          stopping = up.stop()
        }
      })
    let stopping: Promise<void> | undefined
    const times = async (prepare: () => Promise<void>) => {
      const all: number[] = []
      for (let i = 0; i < starts; i++) {
        await prepare()
        all.push(await start())
        await stopping
      }
      return median(all)
    }
    const forget = async () => {
      for (const made of ['.millrace', 'transform/target', 'transform/logs'])
        await rm(join(dir, made), { recursive: true, force: true })
    }
    const cold = await times(forget)
    const warm = await times(async () => {})
    const theirs = await dagsterModels(project.dir)
    if (theirs && theirs.again.count < count) throw new Error(`Dagster served ${theirs.again.count} assets.`)
    return [
      secondsBesidePeers('2 500 dbt models as served assets, nothing cached', cold, [[dagster, theirs?.first.assets]]),
      secondsBesidePeers('The same once they were up before', warm, [[dagster, theirs?.again.assets]]),
    ]
  } finally {
    await removeProject(dir)
    await project.remove()
  }
}
