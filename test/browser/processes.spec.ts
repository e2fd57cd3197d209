import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { partsEnv, partsProject } from '../platform/parts-project.js'
import { type Command, eventually, millrace, removeProject, startServer, type Up } from '../support/millrace.js'
import { type StartedServer, startPostgres } from '../support/postgres-server.js'
import { executablePath, openBrowser, openPage } from './open-browser.js'

describe.skipIf(!executablePath)('the processes of an installation', { timeout: 120_000 }, () => {
  let postgres: StartedServer
  let dir: string
  let web: Up
  let workers: readonly Command[] = []
  let browser: Browser
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    postgres = await startPostgres()
    const env = await partsEnv(postgres)
    dir = await partsProject('max_concurrent_runs: 2\n', 'seen')
    web = await startServer(dir, { env })
    workers = [millrace(dir, ['worker'], env), millrace(dir, ['worker'], env)]
    await eventually('both workers are there', async () => {
      const { slots } = await web.get<{ slots: { workers: number } }>('/deployment')
      return slots.workers === 2
    })
    browser = await openBrowser()
    page = await openPage(browser, problems)
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    for (const { process, ended } of workers) {
      process.kill('SIGINT')
      await ended
    }
    await web?.stop()
    await postgres?.stop()
    if (dir) await removeProject(dir)
  })
  const row = (pid: number | undefined) =>
    page.getByRole('table', { name: 'Processes' }).getByRole('row', { name: `· ${pid}` })

  it('are listed with what they do and how busy they are', async () => {
    await page.goto(`${web.url}/deployment`)
    await page.getByText('Processes (2 workers, 0 of 4 slots taken)').waitFor()
    for (const { process } of workers) {
      const text = await row(process.pid).textContent()
      expect(text).toContain('workerupexecutes runs0 of 2')
    }
    expect(await row(web.process.pid).textContent()).toContain('serverupserves pages and API, works as the daemon')
  })

  it('and one that was killed is marked as lost, and a run says that nobody takes it', async () => {
    const [killed, left] = workers as [Command, Command]
    killed.process.kill('SIGKILL')
    await killed.ended
    await page.getByText('Processes (1 worker, 1 lost, 0 of 2 slots taken)').waitFor()
    expect(await row(killed.process.pid).textContent()).toContain('workerlost')
    left.process.kill('SIGTERM')
    await left.ended
    await page.getByText('Processes (no worker claims runs, 1 lost)').waitFor()
    expect(await row(left.process.pid).count()).toBe(0)
    const { runId } = await web.post<{ runId: string }>('/materialize', { selection: 'a' })
    await page.goto(`${web.url}/runs/${runId}`)
    await page.getByText('no worker claims runs (1 lost): start `millrace worker`').waitFor()
    expect(problems).toEqual([])
  })
})
