import type { Browser, Page } from 'playwright-core'
import { removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { openBrowser, openPage } from './open-browser.js'

export interface Pages {
  readonly dir: string
  readonly up: Up
  readonly browser: Browser
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
    browser = await openBrowser()
    const problems: string[] = []
    const page = await openPage(browser, problems)
    return {
      dir,
      up: started,
      browser,
      page,
      problems,
      open: (path) => page.goto(started.url + path),
      sees: (text) => sees(page, text),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function sees(page: Page, text: string | RegExp): Promise<void> {
  try {
    await page.getByText(text).first().waitFor()
  } catch (cause) {
    // What is there instead says more than how long it took.
    const error = new Error(`There is no ${text} on ${page.url()}, but:\n${await page.innerText('body')}`, { cause })
    // Of a test that is tried again nobody would hear it.
    console.error(error.message)
    throw error
  }
}
