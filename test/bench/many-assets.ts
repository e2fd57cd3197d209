import { removeProject, sleep, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { dagsterServing } from './dagster.js'
import { timedRuns } from './empty-asset.js'
import { median } from './example-copy.js'
import { besideDagster, type Figure, inMegabytes, inSeconds, times } from './figure.js'
import { memoryOfAll } from './idle-memory.js'

/** Every hundredth asset is the end of nothing: chains of a hundred, like the peer's. */
const definitionsOf = (count: number) => `
import { asset, defineProject } from 'millrace'
const one = (i) =>
  asset(\`bench/a\${i}\`, { ...(i >= 100 ? { deps: [\`bench/a\${i - 100}\`] } : {}), run: () => {} })
export default defineProject(...Array.from({ length: ${count} }, (_, i) => one(i)))
`
const many = 10_000
const starts = 3
const runs = 15
const idleMs = 45_000

interface Served {
  /** Seconds from typing `millrace up` to all of its assets, on a project that was up before. */
  readonly start: number
  readonly firstStart: number
  readonly runMs: number
  readonly megabytes: number
  readonly parts: string
}

async function serve(count: number): Promise<Served> {
  const dir = await temporaryProject({ 'orchestration/definitions.ts': definitionsOf(count) })
  const timed: number[] = []
  let up: Up | undefined
  try {
    for (let round = 0; round <= starts; round++) {
      await up?.stop()
      const started = performance.now()
      up = await startUp(dir)
      const { assets } = await up.get<{ assets: readonly unknown[] }>('/assets')
      if (assets.length !== count) throw new Error(`${assets.length} assets were served.`)
      timed.push((performance.now() - started) / 1_000)
    }
    if (!up) throw new Error('Nothing was started.')
    const [firstStart = Number.NaN, ...others] = timed
    const runMs = median((await timedRuns(up, 'bench/a0', runs)).map(({ wallMs }) => wallMs))
    await sleep(idleMs)
    const { totalMb, parts } = await memoryOfAll(up.process.pid as number)
    return { firstStart, start: median(others), runMs, megabytes: totalMb, parts }
  } finally {
    await up?.stop()
    await removeProject(dir)
  }
}

/** What ten thousand assets cost, beside one: until they are served, a run of one of them, memory. */
export async function manyAssetFigures(): Promise<readonly Figure[]> {
  const [one, all] = [await serve(1), await serve(many)]
  const [theirOne, theirAll] = [await dagsterServing(1), await dagsterServing(many)]
  const line = (
    what: string,
    ours: number,
    theirs: number | undefined,
    shown: (value: number) => string,
    aim: string,
    detail?: string,
  ) => ({
    what,
    millrace: detail === undefined ? shown(ours) : `${shown(ours)} (${detail})`,
    comparedWith: besideDagster(aim, theirs === undefined ? undefined : shown(theirs)),
    ratio: theirs === undefined ? '' : times(ours / theirs),
  })
  return [
    line('`millrace up` to its served asset, of 1', one.start, theirOne?.assets, inSeconds, '1 s'),
    line('`millrace up` to its served assets, of 10 000', all.start, theirAll?.assets, inSeconds, '2 s'),
    line('The very first such start, of 10 000', all.firstStart, theirAll?.assets, inSeconds, 'none'),
    line(
      'A run of one asset while 10 000 are loaded',
      all.runMs / 1_000,
      theirAll && median(theirAll.runs),
      inSeconds,
      'as with one',
      `with one: ${one.runMs.toFixed(0)} ms`,
    ),
    line('Idle memory with 1 asset', one.megabytes, theirOne?.megabytes, inMegabytes, '300 MB', one.parts),
    line('Idle memory with 10 000 assets', all.megabytes, theirAll?.megabytes, inMegabytes, '600 MB', all.parts),
  ]
}
