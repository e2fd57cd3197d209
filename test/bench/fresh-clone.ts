import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run, seconds } from './example-copy.js'
import { type Figure, inSeconds } from './figure.js'

export interface FreshClone {
  /** All of `npm start -- --once`: installing, building, the whole pipeline of the example. */
  readonly totalSeconds: number
  /** `npm ci` in it, from the registry or npm's cache. */
  readonly installSeconds: number
}

/** From `git clone` to the first marts, as on a new machine. */
export async function measureFreshClone(): Promise<FreshClone> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-clone-'))
  try {
    await chmod(dir, 0o755)
    const clone = join(dir, 'millrace')
    await run('git', ['clone', '--quiet', '--no-hardlinks', root, clone])
    let output = ''
    const totalSeconds = await seconds(async () => {
      output = (await run('npm', ['start', '--', '--once'], { cwd: clone, maxBuffer: 1e8 })).stdout
    })
    return { totalSeconds, installSeconds: Number(/Installing packages: done in ([\d.]+) s/.exec(output)?.[1]) }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

export async function cloneFigures(): Promise<readonly Figure[]> {
  const { totalSeconds, installSeconds } = await measureFreshClone()
  return [
    {
      what: 'Fresh clone to first marts (`npm start -- --once`)',
      millrace: inSeconds(totalSeconds),
      comparedWith: `of it \`npm ci\`: ${inSeconds(installSeconds)}`,
      ratio: '',
    },
  ]
}
