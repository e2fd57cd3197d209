import { execFile } from 'node:child_process'
import { isProcessGone, processName } from '../../base/index.js'

/** What a container engine runs for a connector; its client, which is a process of ours, may end before it. */
export interface Container {
  /** The command line of Docker, or of what takes the same words. */
  readonly engine: string
  readonly image: string
  /** Of the container, so that it can be ended. */
  readonly name: string
}

type Named = Pick<Container, 'engine' | 'name'>

/** Where a container finds the files of a run. */
export const mountPoint = '/config'
/** Which process waits for the container. */
const ownerLabel = 'millrace.owner'
/** So long an engine may take for an answer. */
const answersWithinMs = 30_000

/** The words that have an engine run a connector. @param folder with its files @param args of the connector */
export const runArguments = (
  { image, name }: Omit<Container, 'engine'>,
  folder: string,
  args: readonly string[],
): readonly string[] => [
  'run',
  '--rm',
  '--init',
  '--interactive',
  // Everything that a connector reads passes through its output: the engine would keep a copy of it on the disk.
  ...['--log-driver', 'none'],
  ...['--name', name],
  ...['--label', `${ownerLabel}=${processName()}`],
  // `Z` is for systems with SELinux, where a container reads no files but those that are labelled as its own.
  ...['--volume', `${folder}:${mountPoint}:Z`],
  image,
  ...args,
]

/** Ends what runs in a container at once. */
export async function killContainer({ engine, name }: Named): Promise<void> {
  await told(engine, ['kill', name])
}

/** Removes what the end of its client may have left of a container. */
export async function removeContainer({ engine, name }: Named): Promise<void> {
  await told(engine, ['rm', '--force', '--volumes', name])
}

const lookedThrough = new Map<string, Promise<void>>()

/**
 * Ends the containers of processes of this machine that are no more: of a process that was killed the container goes on, asks its API and
 * holds its replication slot. Once in the life of a process, when it first needs the engine.
 */
export function removeAbandoned(engine: string): Promise<void> {
  const looked = lookedThrough.get(engine) ?? lookThrough(engine)
  lookedThrough.set(engine, looked)
  return looked
}

async function lookThrough(engine: string): Promise<void> {
  const filter = ['--filter', `label=${ownerLabel}`]
  const found = await told(engine, ['ps', '--all', ...filter, '--format', '{{.Names}} {{.Labels}}'])
  // One that does not answer now is asked again by whoever needs it next.
  if (found === undefined) lookedThrough.delete(engine)
  for (const line of found?.split('\n') ?? []) {
    const [name = ''] = line.split(' ')
    if (isProcessGone(ownerIn(line))) await removeContainer({ engine, name })
  }
}

/** Docker writes all labels as `key=value,…`, Podman as `map[key:value …]`; only newer ones of it know a label by its name. */
const ownerIn = (line: string): string => /millrace\.owner[=:]([^\s,\]]+)/.exec(line)?.[1] ?? ''

/** What an engine answers; undefined where it does not, or refuses: that a container is gone already is no failure. */
function told(engine: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(engine, args, { timeout: answersWithinMs, killSignal: 'SIGKILL' }, (error, output) =>
      resolve(error ? undefined : output),
    )
  })
}
