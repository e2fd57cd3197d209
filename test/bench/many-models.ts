import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { removeProject, startUp, temporaryProject } from '../support/millrace.js'
import { dagsterModels } from './dagster.js'
import { cli, run, seconds } from './example-copy.js'
import { dagster, type Figure, secondsBesidePeers } from './figure.js'
import { generateDbtProject } from './generated-project.js'

const count = 2_500

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
    const cold = await start()
    await stopping
    const warm = await start()
    await stopping
    const theirs = await dagsterSeconds(project.dir)
    return [
      secondsBesidePeers('2 500 dbt models as served assets, nothing cached', cold, [[dagster, theirs]]),
      secondsBesidePeers('The same once they were up before', warm, [[dagster, theirs]]),
    ]
  } finally {
    await removeProject(dir)
    await project.remove()
  }
}

/** It is given a manifest that was parsed before, ours, and so need not parse. */
async function dagsterSeconds(dir: string): Promise<number | undefined> {
  if (dagster.command === undefined) return undefined
  await rm(join(dir, 'target'), { recursive: true, force: true })
  await run(process.execPath, [cli, 'dbt', 'parse'], { cwd: dir, env: { ...process.env, DBT_PROFILES_DIR: dir } })
  return (await dagsterModels(join(dir, 'target/manifest.json')))?.assets
}
