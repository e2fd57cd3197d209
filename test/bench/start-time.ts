import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { copyExample, root, run } from './example-copy.js'
import { type Figure, inSeconds } from './figure.js'

/** From typing `npm start`, on a project that ran before, to its page. */
export async function measureWarmStart(): Promise<{ readonly seconds: number }> {
  const example = await copyExample()
  const start = [join(root, 'scripts/start.mjs'), '--project-dir', example.dir]
  try {
    // Builds what is stale, and runs the pipeline once.
    await run(process.execPath, [...start, '--once'], { maxBuffer: 1e8 })
    const startedAt = performance.now()
    const child = spawn(process.execPath, [...start, '--port', '0'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = once(child, 'exit')
    try {
      const page = await fetch(await printedUrl(child.stdout))
      if (!(await page.text()).includes('id="root"')) throw new Error(`No page, but HTTP ${page.status}.`)
      return { seconds: (performance.now() - startedAt) / 1000 }
    } finally {
      child.kill('SIGTERM')
      await ended
    }
  } finally {
    await example.remove()
  }
}

async function printedUrl(output: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const chunk of output) {
    text += String(chunk)
    const found = /http:\/\/localhost:\d+/.exec(text)
    if (found) return found[0].replace('localhost', '127.0.0.1')
  }
  throw new Error(`It ended without serving:\n${text}`)
}

export async function startFigures(): Promise<readonly Figure[]> {
  const { seconds } = await measureWarmStart()
  return [
    { what: 'Warm `npm start` to served page', millrace: inSeconds(seconds), comparedWith: 'aim: 5 s', ratio: '' },
  ]
}
