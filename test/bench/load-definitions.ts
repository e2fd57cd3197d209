import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cli, copyExample, median, run, seconds } from './example-copy.js'
import { type Figure, inSeconds, times } from './figure.js'

const rounds = 7

/** `millrace assets list` on the example, from Node's start to its end, with what was made of definitions.ts and without it. */
export async function definitionFigures(): Promise<readonly Figure[]> {
  const example = await copyExample()
  const list = () => seconds(() => run(process.execPath, [cli, 'assets', 'list', '--project-dir', example.dir]))
  const forget = () => rm(join(example.dir, '.millrace/definitions'), { recursive: true, force: true })
  try {
    // What V8 compiles of the program and dbt's parsing are kept from the first one on.
    await list()
    const [kept, made]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      await forget()
      made.push(await list())
      kept.push(await list())
    }
    return [
      {
        what: '`millrace assets list` of the example, definitions.ts unchanged',
        millrace: inSeconds(median(kept)),
        comparedWith: `the first time after a change: ${inSeconds(median(made))}`,
        ratio: times(median(kept) / median(made)),
      },
    ]
  } finally {
    await example.remove()
  }
}
