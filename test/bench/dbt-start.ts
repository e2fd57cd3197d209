import { cli, median, run, seconds } from './example-copy.js'
import { dbt2, dbtCore, type Figure, type Peer, secondsBesidePeers } from './figure.js'
import { generateDbtProject } from './generated-project.js'

const rounds = 9

/** What it costs to start: `dbt --version`, and the first answer of the warehouse in a project of a few models. */
export async function dbtStartFigures(): Promise<readonly Figure[]> {
  const project = await generateDbtProject(10)
  const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', DBT_PROFILES_DIR: project.dir }
  const time = async (command: string, args: readonly string[]) => {
    const found: number[] = []
    for (let round = 0; round < rounds; round++)
      found.push(await seconds(() => run(command, args, { cwd: project.dir, env, maxBuffer: 1e8 })))
    return median(found)
  }
  const line = async (
    what: string,
    args: readonly string[],
    peers: readonly Peer[],
    detail?: string,
  ): Promise<Figure> => {
    const ours = await time(process.execPath, [cli, 'dbt', ...args])
    const theirs: (readonly [Peer, number | undefined])[] = []
    for (const peer of peers)
      theirs.push([peer, peer.command === undefined ? undefined : await time(peer.command, args)])
    return secondsBesidePeers(what, ours, theirs, detail)
  }
  try {
    // Node itself is a good part of it.
    const node = await time(process.execPath, ['-e', '0'])
    return [
      await line('`dbt --version`', ['--version'], [dbtCore, dbt2], `of it Node: ${node.toFixed(2)} s`),
      await line('`dbt show --inline`, start to first answer', ['show', '--inline', 'select 1 as one'], [dbtCore]),
    ]
  } finally {
    await project.remove()
  }
}
