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
    const { ours, theirs } = await measure(count, peers, peerRounds)
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
        millrace: inMegabytes(ours.peakMb),
        comparedWith: 'aim: 1 000 MB',
        ratio: '',
      })
  }
  return figures
}

/** They take turns, as a machine may be quicker in one minute than in the next. */
async function measure(count: number, peers: readonly Peer[], peerRounds: number) {
  const ours = await Parsing.open(count)
  const theirs: (readonly [Peer, Parsing | undefined])[] = []
  for (const peer of peers)
    theirs.push([peer, peer.command === undefined ? undefined : await Parsing.open(count, peer)])
  try {
    for (let round = 0; round < rounds; round++) {
      await ours.round()
      if (round < peerRounds) for (const [, parsing] of theirs) await parsing?.round()
    }
  } finally {
    for (const parsing of [ours, ...theirs.map(([, one]) => one)]) await parsing?.remove()
  }
  return { ours, theirs }
}

/** What one program took in a generated project of its own, round by round. */
class Parsing {
  readonly #peer: Peer | undefined
  readonly #project: Awaited<ReturnType<typeof generateDbtProject>>
  readonly #found: { cold: number[]; again: number[]; changed: number[] } = { cold: [], again: [], changed: [] }
  peakMb = 0

  private constructor(peer: Peer | undefined, project: Awaited<ReturnType<typeof generateDbtProject>>) {
    this.#peer = peer
    this.#project = project
  }

  /** @param peer ourselves where there is none */
  static async open(count: number, peer?: Peer): Promise<Parsing> {
    return new Parsing(peer, await generateDbtProject(count))
  }

  async round(): Promise<void> {
    const { dir } = this.#project
    await rm(join(dir, 'target'), { recursive: true, force: true })
    this.#found.cold.push(await this.#parse())
    this.#found.again.push(await this.#parse())
    await appendFile(join(dir, 'models/staging/d0/stg_3.sql'), `-- ${this.#found.cold.length}\n`)
    this.#found.changed.push(await this.#parse())
  }

  get times(): Times {
    const { cold, again, changed } = this.#found
    return { cold: median(cold), again: median(again), changed: median(changed) }
  }

  remove = () => this.#project.remove()

  #parse(): Promise<number> {
    const { dir } = this.#project
    const env = {
      ...process.env,
      DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
      DBT_PROFILES_DIR: dir,
      ...(this.#peer ? {} : { NODE_OPTIONS: tellsMemory }),
    }
    const [command, args] = this.#peer ? [String(this.#peer.command), []] : [process.execPath, [cli, 'dbt']]
    return seconds(async () => {
      const { stderr } = await run(command, [...args, 'parse'], { cwd: dir, env, maxBuffer: 1e8 })
      const kb = /peak (\d+)/.exec(stderr)?.[1]
      if (kb !== undefined) this.peakMb = Math.max(this.peakMb, Number(kb) / 1024)
    })
  }
}

/** A process of Node's that says at its end how much memory it had at most. */
const tellsMemory = `--import=data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process._rawDebug('peak ' + process.resourceUsage().maxRSS))",
)}`
