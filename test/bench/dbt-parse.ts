import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cli, median, run, seconds } from './example-copy.js'
import { dbt2, dbtCore, type Figure, inMegabytes, type Peer, secondsBesidePeers } from './figure.js'
import { generateDbtProject } from './generated-project.js'

const rounds = 5
/** Peers take minutes where we take seconds: the larger the project, the fewer their rounds. */
const sizes = [
  { count: 1000, peerRounds: 5 },
  { count: 5000, peerRounds: 1 },
  { count: 10_000, peerRounds: 1 },
]
/** dbt Core needs several minutes for more than this. */
const mostForDbtCore = 5000

interface Times {
  readonly cold: number
  readonly again: number
  readonly changed: number
}

/** `dbt parse` of generated projects: nothing cached, nothing changed, one file changed; and the memory that it takes. */
export async function dbtParseFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const { count, peerRounds } of sizes) {
    const shown = `${count.toLocaleString('en-US')} models`
    const peers = [...(count <= mostForDbtCore ? [dbtCore] : []), dbt2]
    const ours = await measure(count, undefined, rounds)
    const theirs: (readonly [Peer, Measured | undefined])[] = []
    for (const peer of peers)
      theirs.push([peer, peer.command === undefined ? undefined : await measure(count, peer, peerRounds)])
    const line = (what: string, key: keyof Times) =>
      secondsBesidePeers(
        `${what}, ${shown}`,
        ours.times[key],
        theirs.map(([peer, measured]) => [peer, measured?.times[key]] as const),
      )
    figures.push(
      line('`dbt parse`, nothing cached', 'cold'),
      line('Again, nothing changed', 'again'),
      line('Again, one model changed', 'changed'),
    )
    if (count === sizes.at(-1)?.count)
      figures.push({
        what: `Peak memory of \`dbt parse\`, nothing cached, ${shown}`,
        millrace: inMegabytes(ours.peakMb ?? Number.NaN),
        comparedWith: 'aim: 1 000 MB',
        ratio: '',
      })
  }
  return figures
}

interface Measured {
  readonly times: Times
  readonly peakMb: number | undefined
}

async function measure(count: number, peer: Peer | undefined, times: number): Promise<Measured> {
  const project = await generateDbtProject(count)
  const env = {
    ...process.env,
    DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
    DBT_PROFILES_DIR: project.dir,
    ...(peer ? {} : { NODE_OPTIONS: tellsMemory }),
  }
  const [command, args] = peer ? [String(peer.command), []] : [process.execPath, [cli, 'dbt']]
  let peakMb: number | undefined
  const parse = () =>
    seconds(async () => {
      const { stderr } = await run(command, [...args, 'parse'], { cwd: project.dir, env, maxBuffer: 1e8 })
      const kb = /peak (\d+)/.exec(stderr)?.[1]
      if (kb !== undefined) peakMb = Math.max(peakMb ?? 0, Number(kb) / 1024)
    })
  const found: { cold: number[]; again: number[]; changed: number[] } = { cold: [], again: [], changed: [] }
  try {
    for (let round = 0; round < times; round++) {
      await rm(join(project.dir, 'target'), { recursive: true, force: true })
      found.cold.push(await parse())
      found.again.push(await parse())
      await appendFile(join(project.dir, 'models/staging/d0/stg_3.sql'), `-- ${round}\n`)
      found.changed.push(await parse())
    }
    return {
      times: { cold: median(found.cold), again: median(found.again), changed: median(found.changed) },
      peakMb,
    }
  } finally {
    await project.remove()
  }
}

/** A process of Node's that says at its end how much memory it had at most. */
const tellsMemory = `--import=data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process._rawDebug('peak ' + process.resourceUsage().maxRSS))",
)}`
