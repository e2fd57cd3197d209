import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'

export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
if (chromiumPath === undefined) console.warn('No Chromium was found: the browser tests are skipped.')

export interface Pages {
  readonly dir: string
  readonly up: Up
  readonly page: Page
  /** What the console complained about. */
  readonly problems: string[]
  open(path: string): Promise<unknown>
  /** Waits until a text is on the page. */
  sees(text: string | RegExp): Promise<void>
  close(): Promise<void>
}

/** A project, its server and a browser on it. Whoever opens it closes it. */
export async function openPages(files: Readonly<Record<string, string>>): Promise<Pages> {
  const dir = await temporaryProject(files)
  let up: Up | undefined
  let browser: Browser | undefined
  const close = async () => {
    await browser?.close()
    await up?.stop()
    await removeProject(dir)
  }
  try {
    const started = await startUp(dir)
    up = started
    browser = await chromium.launch({
      executablePath: chromiumPath as string,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    })
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    return {
      dir,
      up: started,
      page,
      problems,
      open: (path) => page.goto(started.url + path),
      sees: (text) => page.getByText(text).first().waitFor(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
